import { effect } from "@preact/signals";
import type { Acknowledged, Emission, NewClient } from "../../protocol.ts";
import { ask } from "./connection.ts";
import { clients, lesson } from "./state.ts";
import { everything } from "../wire/filter.ts";
import {
  closeDialog,
  dialog,
  filter,
  following,
  notice,
  opened,
  say,
  show,
  speaker,
} from "./view.ts";

/** What a person can do. Whatever is not possible is said in one sentence. */

async function doIt(
  answer: Promise<{ ok: true } | { ok: false; message: string }>,
): Promise<boolean> {
  const result = await answer;
  if (!result.ok) say(result.message, { bad: true });
  return result.ok;
}

export async function openLesson(name: string): Promise<void> {
  if (!(await doIt(ask("lesson:open", { name })))) return;
  filter.value = everything;
  following.value = true;
  notice.value = null;
  show("lesson");
}
export const runCheck = () => doIt(ask("check:run"));
export const restartServer = () => doIt(ask("server:restart"));
export const cutDatabase = (cut: boolean) => doIt(ask("database:cut", { cut }));
export const nextHint = (requirement: string) =>
  doIt(ask("hint:next", { requirement }));

export async function clearWire(): Promise<void> {
  opened.value = null;
  await doIt(ask("wire:clear"));
}

export async function openPicture(requirement: string): Promise<void> {
  const answer = await ask("picture:get", { requirement });
  if (answer.ok) dialog.value = { kind: "picture", picture: answer.picture };
  else say(answer.message, { bad: true });
}

/** Names that are offered, one after the other. */
const names = ["Alice", "Bob", "Carol", "Dave", "Erin", "Frank"];

export function nextName(): string {
  const taken = new Set(clients.value.map(({ name }) => name));
  return (
    names.find((name) => !taken.has(name)) ??
    `Client${clients.value.length + 1}`
  );
}

export async function addClient(
  client: NewClient = { name: nextName() },
): Promise<boolean> {
  const added = await doIt(ask("client:add", client));
  if (added) speaker.value = client.name;
  return added;
}

export const changeClient = (client: NewClient) =>
  doIt(ask("client:change", client));

type OnClient =
  | "client:remove"
  | "client:connect"
  | "client:disconnect"
  | "client:cut"
  | "client:mend";

export const onClient = (command: OnClient, name: string) =>
  doIt(ask(command, { name }));
export const pauseClient = (name: string, paused: boolean) =>
  doIt(ask("client:pause", { name, paused }));

/**
 * Emits as a client, who is added first if nobody of that name is there.
 *
 * @returns what the server acknowledged; `null` where nothing was asked for, or it was not sent
 */
export async function emit(emission: Emission): Promise<Acknowledged | null> {
  const { from: name } = emission;
  if (clientOf(name) === undefined) {
    if (!(await addClient({ name }))) return null;
    await triedToConnect(name);
  }
  const answer = await ask("client:emit", emission);
  if (answer.ok) return answer.acknowledged;
  say(answer.message, { bad: true });
  return null;
}

const clientOf = (name: string) =>
  clients.value.find((client) => client.name === name);

/** Resolves when the client is connected, or is known not to be. */
function triedToConnect(name: string): Promise<void> {
  return new Promise((resolve) => {
    const dispose = effect(() => {
      const status = clientOf(name)?.status;
      if (status === undefined || status === "connecting") return;
      resolve();
      queueMicrotask(() => dispose());
    });
  });
}

export const request = (path: string) => doIt(ask("server:request", { path }));

export function confirmReset(): void {
  confirm("lesson:reset", {
    title: "Back to the starter?",
    text: "Your server.ts becomes what it was at the beginning of this lesson. What you have written is kept beside it, under another name.",
    yes: "Back to the starter",
  });
}

export function confirmCarry(): void {
  const from = lesson.value?.carriesFrom;
  if (from == null) return;
  confirm("lesson:carry", {
    title: `Go on with your server of lesson ${from.number}?`,
    text: `Your server of “${from.title}” becomes the start of this lesson. What stands here now is kept beside it, under another name.`,
    yes: "Go on with mine",
  });
}

function confirm(
  command: "lesson:reset" | "lesson:carry",
  words: { title: string; text: string; yes: string },
): void {
  const run = async () => {
    closeDialog();
    const answer = await ask(command, { confirmed: true });
    if (!answer.ok) say(answer.message, { bad: true });
    else if (answer.kept.length > 0)
      say(`Done. Your file is kept as ${answer.kept.join(" and ")}.`);
    else say("Done.");
  };
  dialog.value = { kind: "confirm", ...words, run };
}
