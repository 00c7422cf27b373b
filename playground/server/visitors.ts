import type { ClientOptions, ClientState, NewClient } from "../protocol.ts";
import { NotPossible } from "./texts.ts";
import { type Surroundings, Visitor } from "./visitor.ts";

/** A picture with more lanes cannot be read. */
const MOST = 12;

/** Names that mean somebody else in the timeline. */
const reserved = new Set(["server", "console", "database", "check", "http"]);

/** Everybody who uses the learner's server just now, by name. */
export class Visitors {
  readonly #around: Surroundings;
  readonly #defaults: (name: string) => ClientOptions;
  readonly #all = new Map<string, Visitor>();

  /** @param defaults what a client of that name is like, unless it is said otherwise */
  constructor(around: Surroundings, defaults: (name: string) => ClientOptions) {
    this.#around = around;
    this.#defaults = defaults;
  }

  get state(): ClientState[] {
    return [...this.#all.values()].map(({ state }) => state);
  }

  /** Adds somebody, who connects as soon as there is a server. */
  add(client: NewClient): void {
    const { name, ...options } = client;
    if (!/^[\p{L}\p{N}]{1,16}$/u.test(name) || reserved.has(name.toLowerCase()))
      throw new NotPossible("A name has 1 to 16 letters and digits.");
    if (this.#all.has(name))
      throw new NotPossible(`${name} is here already. Choose another name.`);
    if (this.#all.size >= MOST)
      throw new NotPossible(`${MOST} clients are the most. Remove one first.`);
    const visitor = new Visitor(
      name,
      { ...this.#defaults(name), ...options },
      this.#around,
    );
    this.#all.set(name, visitor);
    this.#connectIfPossible(visitor);
    this.#around.onChange();
  }

  /** Puts somebody with other options in the place of the one of that name. */
  change(client: NewClient): void {
    const { name, ...options } = client;
    const before = this.get(name);
    const { status } = before.state;
    const visitor = new Visitor(
      name,
      { ...before.options, ...options },
      this.#around,
    );
    before.close();
    this.#all.set(name, visitor);
    if (status !== "disconnected") this.#connectIfPossible(visitor);
    this.#around.onChange();
  }

  remove(name: string): void {
    this.get(name).close();
    this.#all.delete(name);
    this.#around.onChange();
  }

  /** @throws {NotPossible} when there is nobody of that name */
  get(name: string): Visitor {
    const visitor = this.#all.get(name);
    if (visitor === undefined)
      throw new NotPossible(`There is no client called ${name}.`);
    return visitor;
  }

  /** The server runs again, or is another one. */
  serverStarted(): void {
    for (const visitor of this.#all.values()) visitor.serverStarted();
  }

  end(): void {
    for (const visitor of this.#all.values()) visitor.close();
    this.#all.clear();
  }

  #connectIfPossible(visitor: Visitor): void {
    if (this.#around.address() === null) visitor.waitForServer();
    else visitor.connect();
  }
}
