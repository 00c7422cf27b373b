import { storesMessage } from "../kit/chat.ts";
import type { World } from "../kit/lesson.ts";
import { patientlyTry } from "../kit/patience.ts";
import { show } from "../kit/show.ts";
import { Unmet } from "../kit/unmet.ts";

const EXPECTED =
  "messages has a unique index { room: 1, seq: 1 }, made when the server started";

/**
 * @throws {Unmet} with `none`, `other`, `not unique` or `late` as `facts.value.index`
 */
export async function assertNumberIndex(world: World): Promise<void> {
  // It may be made while the server listens already.
  await patientlyTry(world.server, () => assertThere(world));
  assertMadeAtStart(world);
}

async function assertThere({ database }: World): Promise<void> {
  const all = await database.db
    .collection("messages")
    .listIndexes()
    .toArray()
    // Without the collection there are no indexes either.
    .catch(() => []);
  const own = all.filter(({ name }) => name !== "_id_");
  const right = own.filter(
    ({ key }) => show(key) === show({ room: 1, seq: 1 }),
  );
  if (right.some(({ unique }) => unique === true)) return;
  if (right.length > 0) throw missing("not unique", "it is not unique");
  if (own.length === 0) throw missing("none", "there is none");
  const keys = own.map(({ key }) => show(key)).join(", ");
  throw missing("other", `there is one on ${keys}`);
}

function assertMadeAtStart({ database }: World): void {
  const { commands } = database.tap;
  const made = commands.findIndex(({ name }) => name === "createIndexes");
  const first = commands.findIndex((command) => storesMessage(command));
  if (made >= 0 && (first < 0 || made < first)) return;
  throw missing("late", "it was made after the first message");
}

function missing(index: string, received: string): Unmet {
  return new Unmet(EXPECTED, received, { value: { index } });
}
