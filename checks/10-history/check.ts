import {
  LATE,
  REFUSAL_LIMIT,
  type Seeded,
  clear,
  cutLine,
  foundAgain,
  join,
  refusal,
  say,
  seed,
  stored,
  whileHeld,
} from "../kit/chat.ts";
import type { Client } from "../kit/client.ts";
import { showAnswer } from "../kit/http.ts";
import type { Lesson, Mistake, World } from "../kit/lesson.ts";
import {
  aNumber,
  aString,
  anything,
  describeShape,
  matches,
} from "../kit/shape.ts";
import { show } from "../kit/show.ts";
import { stillAlive } from "../kit/still-alive.ts";
import { gatekeepers } from "../kit/tokens.ts";
import { Unmet, allOf, inWords } from "../kit/unmet.ts";
import { assertNumberIndex } from "./number-index.ts";
import {
  type NumberTrouble,
  assertNumbered,
  atOnce,
  burst,
  onBoth,
} from "./numbers.ts";
import {
  OPERATORS,
  REACHED,
  assertNotAsked,
  assertBounded,
  UNBOUNDED,
} from "./queries.ts";
import {
  MOST,
  assertPage,
  assertPageOrRefused,
  goesBeyond,
  includesItsEnd,
  isDescending,
  isElsewhere,
  isOldest,
  isOtherFlag,
  isTooMuch,
  isUnordered,
} from "./pages.ts";
import {
  oddOverHttp,
  pageOverHttp,
  refusedOverHttp,
  unreadOverHttp,
} from "./route.ts";

// Alice reads and writes, Bob is in the room with her, Dave is in none. What is old was seeded by the
// check, past the server.

const ROOM = "tea";
const OLD_ROOM = "archive";
const OLD = 150;
const PAGE = 50;

const REFUSED = refusal("BAD_REQUEST");

const lesson: Lesson = {
  name: "10-history",
  keeps: [
    "01-one-server",
    "06-rooms",
    "07-gatekeepers",
    "08-typing",
    "09-store-then-tell",
  ],
  needs: { ...gatekeepers, database: {} },
  mistakes: [
    {
      id: "M34",
      looksLike: ({ received }) => received.startsWith(REACHED),
      hint: "What a client sent became a part of your query. With a $ in it, that is no value but an order to the database. Look at the type before it goes there: a name is a text, a place is a number.",
    },
    {
      id: "M37",
      looksLike: ({ fault, received }) =>
        fault !== null && /E11000|duplicate key/.test(received),
      hint: "The database refused a number that was given already, and that ended your server. The index does its work; where does the number come from?",
    },
    {
      id: "M35",
      looksLike: ({ fault, received }) =>
        fault !== null && /Mongo|BSON|limit/i.test(received),
      hint: "A question that the database did not understand ended your server for everyone. What did the client send, and what became of it on the way there?",
    },
    {
      id: "M17",
      looksLike: ({ fault, received }) =>
        fault !== null && /TypeError|Cannot |is not a function/.test(received),
      hint: "One call of one client ended the server for all. What was used there before anybody looked whether it is what it should be?",
    },
    {
      id: "M14",
      looksLike: ({ received }) => received.startsWith("no acknowledgement"),
      hint: "No answer came. Is there a listener for this event, and does every way through it answer?",
    },
  ],
  requirements: [
    {
      id: "numbered",
      title: "Messages of a room are numbered 1, 2, 3: told and stored",
      kind: "base",
      hints: [
        "Times can be equal and ids are in no order. What could say for certain which message of a room came before which?",
        "Each room has a counter of its own, a document in the collection rooms: its _id is the room's name, its seq the last number that was given.",
        "findOneAndUpdate can count and read in one step: $inc, upsert, and returnDocument. Three places carry the number: the document, message:new and the answer.",
      ],
      mistakes: [
        {
          id: "no-number",
          looksLike: ({ expected, facts }) =>
            expected.includes("acknowledged") &&
            matches({ ok: true }, facts.value) &&
            !("seq" in facts.value),
          hint: "The message was taken, and its answer has no seq. From here on every message has a number in its room, and its sender is told which.",
        },
        {
          id: "not-told",
          looksLike: ({ expected, facts }) =>
            expected.includes("message:new") &&
            matches({ id: aString }, facts.value) &&
            !("seq" in facts.value),
          hint: "Alice knows the number from her answer; Bob, who heard message:new, does not. He will need it to ask for what came before.",
        },
        {
          id: "number-as-text",
          looksLike: ({ facts }) => matches({ seq: aString }, facts.value),
          hint: "seq is a text. As a text, 10 comes before 9. It is a number.",
        },
        {
          id: "M19",
          looksLike: ({ facts }) =>
            matches({ seq: FORGED_SEQ }, facts.value) ||
            matches({ seq: FORGED_SEQ + 1 }, facts.value),
          hint: "Alice claimed a number, and your server took it. It is the server that counts.",
        },
        {
          id: "counter-not-read",
          looksLike: ({ expected, facts }) =>
            expected.startsWith(AFTER_SEEDING) &&
            (matches({ seq: aNumber }, facts.value) ||
              matches({ ok: false }, facts.value)),
          hint: "The room's counter in the database stood at 150, and the next message was not 151. Somebody else may have counted on: another server, or yours before its last restart. Only the document in rooms knows.",
        },
        {
          id: "one-counter-for-all",
          looksLike: ({ expected, facts }) =>
            expected.startsWith(OTHER_ROOM) &&
            matches({ seq: aNumber }, facts.value),
          hint: "The first message of another room did not get the number 1. Each room counts for itself.",
        },
        {
          id: "counts-otherwise",
          looksLike: ({ expected, facts }) =>
            expected.includes("acknowledged") &&
            matches({ seq: aNumber }, facts.value),
          hint: "There is a number, and it is not the next one: 1, 2, 3. findOneAndUpdate gives the document as it was before its change, unless you ask for the other.",
        },
        {
          id: "not-stored",
          looksLike: ({ expected }) => expected.startsWith("the document"),
          hint: "The number was told, and the document does not have it. Whoever reads the past tomorrow finds only what is stored.",
        },
      ],
      check: async (world) => {
        const { database } = world;
        await clear(database, ROOM);
        await clear(database, "coffee");
        const [alice, bob] = await inTheRooms(world, ROOM);
        await join("coffee", alice);
        for (const seq of [1, 2, 3]) {
          const text = `number ${seq}`;
          const payload = { room: ROOM, text, seq: FORGED_SEQ };
          const { id } = await alice.ask("message:send", [payload], {
            ok: true,
            id: aString,
            seq,
          });
          await world.audience("message:new", [alice, bob], {
            id,
            room: ROOM,
            seq,
            user: "alice",
            text,
          });
        }
        await inWords(
          OTHER_ROOM,
          say(alice, "coffee", "Hot", { ok: true, seq: 1 }),
        );
        await assertStored(world);
        await seed(database, "coffee", OLD);
        await inWords(
          AFTER_SEEDING,
          say(alice, "coffee", "Cold", { ok: true, seq: OLD + 1 }),
        );
      },
    },
    {
      id: "no-number-twice",
      title: "30 messages at once, or two servers: no number comes twice",
      kind: "base",
      hints: [
        "Two messages arrive at the same moment. What does each of them read before it writes?",
        "Between reading a number and writing the next one, somebody else may read. Only the database sees all that write: it can do both in one step.",
        "One command must count and give the result: findOneAndUpdate with $inc. Counting documents, or looking for the highest number, is a command too many.",
      ],
      mistakes: [
        {
          id: "two-servers-one-number",
          looksLike: (failure) =>
            failure.expected.startsWith(TWO_SERVERS) &&
            isTrouble("twice", "refused")(failure),
          hint: "Two servers on one database gave the same number, or one of them tried to. What a process keeps in its memory, a variable or a queue, the other one does not see.",
        },
        {
          id: "count-then-write",
          looksLike: isTrouble("twice", "refused"),
          hint: "Several messages read the same number before any of them had written the next one. What is read in one command and written in another is out of date in between.",
        },
        {
          id: "holes",
          looksLike: isTrouble("hole"),
          hint: "A number is missing. Is it fetched for something else than a message, or twice for one?",
        },
        {
          id: "no-number",
          looksLike: isTrouble("missing"),
          hint: "A message has no whole number. What does your command give when it is the first one of a room?",
        },
      ],
      check: async (world) => {
        const { database } = world;
        const other = world.another({});
        other.catch(() => {}); // Awaited below.
        const [alice] = await inTheRooms(world, "rush");
        await clear(database, "rush");
        await whileHeld(async () => {
          const answers = await atOnce(world, () => burst(alice, "rush", 30));
          await assertNumbered(
            "30 messages at once",
            answers,
            database,
            "rush",
          );
        });

        const second = await other;
        const carol = await second.client("Carol");
        await join("pair", alice, carol);
        await clear(database, "pair");
        await whileHeld(async () => {
          const both = await onBoth(world, second, () =>
            [alice, carol].flatMap((client) => burst(client, "pair", 1)),
          );
          await assertNumbered(TWO_SERVERS, both, database, "pair");
        });
      },
    },
    {
      id: "index",
      title: "A unique index on room and seq is there from the start",
      kind: "base",
      hints: [
        "How does the database find fifty messages among a million? And who makes sure that no number comes twice, whatever goes wrong?",
        "An index keeps what it names in order. A unique one also refuses what is there already.",
        "createIndex takes the fields in the order in which they are searched, and options. Making one that is there already does nothing: do it at every start, before you listen.",
      ],
      mistakes: [
        {
          id: "M37",
          looksLike: ({ facts }) => matches({ index: "none" }, facts.value),
          hint: "There is no index but the one on _id, which every collection has. To find a page, the database has to read all messages of all rooms.",
        },
        {
          id: "not-unique",
          looksLike: ({ facts }) =>
            matches({ index: "not unique" }, facts.value),
          hint: "There is an index on room and seq, and it allows the same number twice. That is one word in its options.",
        },
        {
          id: "too-late",
          looksLike: ({ facts }) => matches({ index: "late" }, facts.value),
          hint: "The index came with the first message, or after it. Who makes it when two messages come first at the same time? Before the server listens there is time.",
        },
        {
          id: "other-key",
          looksLike: ({ facts }) => matches({ index: "other" }, facts.value),
          hint: "There is an index on other fields, or in another order. A page is looked for by its room first, and in it by number.",
        },
      ],
      check: assertNumberIndex,
    },
    {
      id: "newest",
      title: "history:get gives the newest 50, oldest first, and hasMore",
      kind: "base",
      hints: [
        "Who opens a room wants to see its last page, in the order in which people read.",
        "The newest are found from the end. Then they are turned round. And how do you find out whether there is one more, without counting all?",
        "find, sort by seq downwards, limit; toReversed() or reverse() turns a list round. Ask for one more than you give.",
      ],
      mistakes: [
        {
          id: "no-listener",
          looksLike: ({ received }) =>
            received.startsWith("no acknowledgement"),
          hint: "Nobody answered history:get. There is a past in the database now: is there a listener for those who ask for it?",
        },
        {
          id: "descending",
          looksLike: isDescending,
          hint: "The right messages came, the newest first. That is how they are found; people read from the oldest to the newest.",
        },
        {
          id: "oldest-page",
          looksLike: isOldest,
          hint: "These are the oldest messages of the room. Alice opens the room and reads what was said a year ago. Where does a limit cut, when the order is upwards?",
        },
        {
          id: "M35",
          looksLike: isTooMuch,
          hint: "All of the room's past came at once. Today that is 150 messages, in a year it is a million.",
        },
        {
          id: "M36",
          looksLike: isUnordered,
          hint: "The messages are in the order of something else than seq. All that was seeded has the same createdAt, as in any busy moment, and an _id is made by whoever writes. Only seq says what came first.",
        },
        {
          id: "has-more",
          looksLike: isOtherFlag,
          hint: "The messages are right, and hasMore is not: true if the room has older ones than these, false if not. A page that is full may be the last one all the same.",
        },
        {
          id: "other-count",
          looksLike: isElsewhere,
          hint: "Without a limit in the payload, a page has 50 messages.",
        },
        {
          id: "as-stored",
          looksLike: ({ facts }) =>
            typeof facts.value === "object" &&
            facts.value !== null &&
            ("createdAt" in facts.value || "_id" in facts.value),
          hint: "The messages came as they are stored. On the wire a message has id and at: a client should not need to know whether it hears it now or reads it later.",
        },
        {
          id: "refused",
          looksLike: ({ facts }) => matches({ ok: false }, facts.value),
          hint: "Alice is a member, and her question was refused. before and limit may both be absent.",
        },
        {
          id: "other-answer",
          looksLike: ({ facts }) => facts.value !== undefined,
          hint: "An answer came, and it is not the contract's: { ok: true, messages, hasMore }, each message as in message:new.",
        },
      ],
      check: async (world) => {
        const { database } = world;
        const old = await seed(database, OLD_ROOM, OLD);
        const full = await seed(database, "one-page", PAGE);
        await clear(database, "empty");
        const [alice] = await inTheRooms(world, OLD_ROOM, "one-page", "empty");
        const newest = old.slice(-PAGE);
        await historyIs(alice, { room: OLD_ROOM }, newest, true);
        await historyIs(alice, { room: "one-page" }, full, false);
        await historyIs(alice, { room: "empty" }, [], false);
      },
    },
    {
      id: "walk",
      title: "With before and limit one walks back through every message",
      kind: "base",
      hints: [
        "A client has a page and wants the one before it. What does it know that can say where that is?",
        "While it reads, others write. A page that is counted from the end is another one by then. A page that ends before a certain message stays where it is.",
        "before is a number of a message: only smaller ones are wanted. $lt says so in a query.",
      ],
      mistakes: [
        {
          id: "has-more",
          looksLike: isOtherFlag,
          hint: "The messages are right, and hasMore is not: it says whether there are older ones than those of this page.",
        },
        {
          id: "skipped",
          looksLike: (failure) =>
            failure.expected.startsWith(WHILE_OTHERS_WRITE) &&
            isElsewhere(failure),
          hint: "Bob wrote while Alice was reading back, and her next page was not the one that came before. A place that is counted from the end moves with every message.",
        },
        {
          id: "end-included",
          looksLike: includesItsEnd,
          hint: "The message whose number was given as before came once more. Who has it already would see it twice.",
        },
        {
          id: "descending",
          looksLike: isDescending,
          hint: "This page came with the newest first. Each page is read from its oldest message on.",
        },
        {
          id: "before-ignored",
          looksLike: goesBeyond,
          hint: "before was given, and the page did not end there. What has it become in your query?",
        },
        {
          id: "limit-ignored",
          looksLike: isElsewhere,
          hint: "The page does not have as many messages as the limit says.",
        },
      ],
      check: async (world) => {
        const old = await seed(world.database, OLD_ROOM, OLD);
        const [alice, bob] = await inTheRooms(world, OLD_ROOM);
        const pageBefore = (before: number, limit: number) =>
          old.slice(Math.max(0, before - 1 - limit), before - 1);
        await historyIs(
          alice,
          { room: OLD_ROOM, limit: 7 },
          old.slice(-7),
          true,
        );
        let before = OLD - 6;
        await historyIs(
          alice,
          { room: OLD_ROOM, before, limit: 7 },
          pageBefore(before, 7),
          true,
        );
        for (before -= 7; before > 1; before -= 7) {
          // Whoever counts from the end is somewhere else now.
          await say(bob, OLD_ROOM, "Meanwhile");
          const page = pageBefore(before, 7);
          await inWords(
            WHILE_OTHERS_WRITE,
            historyIs(
              alice,
              { room: OLD_ROOM, before, limit: 7 },
              page,
              page[0]?.seq !== 1,
            ),
          );
        }
        await historyIs(alice, { room: OLD_ROOM, before: 1 }, [], false);
        const first = { room: OLD_ROOM, before: 8, limit: 7 };
        await historyIs(alice, first, pageBefore(8, 7), false);
      },
    },
    {
      id: "bounded",
      title: "Whatever the limit, at most 100 are read and come",
      kind: "base",
      hints: [
        "A client may ask for nothing, for less than nothing or for a thousand million. What does the database make of it?",
        "For MongoDB a limit of 0 is no limit. A number that is no whole number makes it complain. And what your server cuts off afterwards has been read all the same.",
        "Number.isInteger tells what is a whole number, Math.min what is too much. Decide before the query, and give the query the limit.",
      ],
      mistakes: [
        {
          id: "M35-all-loaded",
          looksLike: ({ received }) => received.startsWith(UNBOUNDED),
          hint: "The page was short, and the database had to give out the whole room for it: the question had no limit in it. What is cut off in JavaScript has been read, sent and kept in memory before.",
        },
        {
          id: "M35",
          looksLike: isTooMuch,
          hint: "More than 100 messages came. A limit that a client chooses is no limit. And look at 0: to MongoDB it means all of them.",
        },
        {
          id: "big-limit-refused",
          looksLike: ({ expected, facts }) =>
            / limit: (100|101|1000000000|1) } gives/.test(expected) &&
            matches({ ok: false }, facts.value),
          hint: "A limit that is a whole number was refused. One above 100 is no mistake: it counts as 100.",
        },
        {
          id: "other-code",
          looksLike: ({ facts }) => matches({ ok: false }, facts.value),
          hint: "An odd limit or before was refused as if something had broken. Something did: it went into the query, and the database threw it out. Look at it first; then it is BAD_REQUEST, or you take the nearest number that is allowed.",
        },
        {
          id: "M14",
          looksLike: ({ received }) =>
            received.startsWith("no acknowledgement"),
          hint: "A question with an odd limit or before was not answered. The one who asked waits.",
        },
        {
          id: "other-page",
          looksLike: ({ facts }) => facts.value !== undefined,
          hint: "That is no page of this room: not as many as there should be, or with gaps. A limit above 100 counts as 100; an odd one is refused, or taken for the nearest that is allowed.",
        },
      ],
      check: async (world) => {
        const old = await seed(world.database, OLD_ROOM, OLD);
        const [alice] = await inTheRooms(world, OLD_ROOM);
        for (const limit of [1, MOST, MOST + 1, 1e9]) {
          const page = old.slice(-Math.min(limit, MOST));
          await historyIs(alice, { room: OLD_ROOM, limit }, page, true);
        }
        for (const odd of ODD_NUMBERS)
          for (const field of ["limit", "before"])
            await oddHistory(alice, { room: OLD_ROOM, [field]: odd }, old);
        await assertBounded(world, () =>
          historyIs(alice, { room: OLD_ROOM, limit: 7 }, old.slice(-7), true),
        );
      },
    },
    {
      id: "members-only",
      title: "Only members read a room, and no payload becomes a query",
      kind: "base",
      hints: [
        "Who may read what was said in a room? And what is the name of a room?",
        "It is as with message:send: first whether the payload is well-formed, then whether the sender is a member, and only then the database.",
        "The functions that look at a room for the other calls do it for this one too. An object is no name, whatever a template makes of it.",
      ],
      mistakes: [
        {
          id: "M23",
          looksLike: ({ expected, facts }) =>
            expected.includes("NOT_IN_ROOM") &&
            matches({ ok: true }, facts.value),
          hint: "Somebody read the past of a room without being in it. What is said among members stays there, also afterwards.",
        },
        {
          id: "M34-taken",
          looksLike: ({ facts }) => matches({ ok: true }, facts.value),
          hint: "Something that is no name of a room was taken for one. In a query, an object with a $ is an order: { $ne: null } means all rooms.",
        },
        {
          id: "other-code",
          looksLike: ({ facts }) => matches({ ok: false }, facts.value),
          hint: "It was refused, with another code than the contract's. What is malformed is BAD_REQUEST, for members and others; who is well-formed and not in the room is NOT_IN_ROOM.",
        },
        {
          id: "M35",
          looksLike: ({ facts }) => facts.value !== undefined,
          hint: "What came is no page of this room.",
        },
      ],
      check: async (world) => {
        const old = await seed(world.database, OLD_ROOM, OLD);
        await seed(world.database, "secret", 3);
        const [alice, bob] = await inTheRooms(world, OLD_ROOM);
        const dave = await world.client("Dave");
        const notInRoom = refusal("NOT_IN_ROOM");
        const plain = { room: OLD_ROOM };
        await dave.ask("history:get", [plain], notInRoom);
        await dave.ask("history:get", [{ ...plain, limit: 7 }], notInRoom);
        await bob.ask("room:leave", [plain], { ok: true });
        await bob.ask("history:get", [plain], notInRoom);
        await assertNotAsked(world, async () => {
          for (const operator of OPERATORS) {
            await alice.ask("history:get", [{ room: operator }], REFUSED);
            const text = { room: OLD_ROOM, text: operator };
            await alice.ask("message:send", [text], REFUSED);
            for (const field of ["before", "limit"])
              await oddHistory(alice, { ...plain, [field]: operator }, old);
          }
        });
        for (const payload of BAD_PAYLOADS)
          for (const client of [alice, dave])
            await client.ask("history:get", [payload], REFUSED);
        await alice.ask("history:get", [], REFUSED);
      },
    },
    {
      id: "http",
      title: "GET /rooms/:room/messages gives the same pages, or 400",
      kind: "base",
      hints: [
        "A program that only wants to read needs no socket. What does it have to say in an address?",
        "All that stands in an address is text, or a list of texts where a name is repeated. Make numbers of it, and refuse what is none.",
        "request.params.room and request.query.before are what came. The same functions decide as for history:get; only the answer has a status instead of an ack.",
      ],
      mistakes: [
        {
          id: "no-route",
          looksLike: ({ facts }) => facts.status === 404,
          hint: "404: nothing answers there. A route has a place for the room's name in its path. A room without messages is no reason for 404 either: its past is empty.",
        },
        {
          id: "repeated-key",
          looksLike: ({ expected, facts }) =>
            /(limit|before)=\d+&/.test(expected) && facts.status === 200,
          hint: "before or limit stood twice in the address, and one of them was taken, or both. Express makes a list of it. Whoever asks so has made a mistake, and should hear of it.",
        },
        {
          id: "any-name",
          looksLike: ({ expected, facts }) =>
            expected.includes("answers 400") && facts.status === 200,
          hint: "Something that is no name of a room was looked up. Over HTTP the same names are allowed as for sockets.",
        },
        {
          id: "M35",
          looksLike: isTooMuch,
          hint: "Over HTTP more than 100 messages came. The limit of an address is a client's wish too.",
        },
        {
          id: "unreadable-address",
          looksLike: ({ expected }) => expected.includes(UNREADABLE),
          hint: "%zz stands for no character, so Express could not read the address, and your route was never called. Its error went to whoever takes errors. What does that one say of a mistake that is the client's?",
        },
        {
          id: "unhandled",
          looksLike: ({ facts }) => (facts.status ?? 0) >= 500,
          hint: "The answer says that the server has failed, and it was the address that was odd. It got as far as the database, or broke your route. What did your code expect there, and what came?",
        },
        {
          id: "unknown-key-refused",
          looksLike: ({ expected, facts }) =>
            expected.includes("utm=") && facts.status === 400,
          hint: "A name in the address that your server does not know was a reason to refuse. Addresses collect such names on their way; they are ignored.",
        },
        {
          id: "numbers-as-text",
          looksLike: isElsewhere,
          hint: "That is another page than was asked for. All that stands in an address is text: what becomes of before and limit?",
        },
        {
          id: "other-page",
          looksLike: ({ facts }) => "value" in facts || "status" in facts,
          hint: "An answer came, and it is not the contract's: 200 with ok, messages and hasMore, or 400 with ok and error, as JSON.",
        },
      ],
      check: async (world) => {
        const old = await seed(world.database, OLD_ROOM, OLD);
        await clear(world.database, "empty");
        const path = `/rooms/${OLD_ROOM}/messages`;
        const newest = old.slice(-PAGE);
        const page = (wanted: readonly Seeded[], hasMore: boolean) =>
          ({ messages: wanted, hasMore }) as const;
        await pageOverHttp(world, path, page(newest, true));
        const middle = `${path}?before=51&limit=7`;
        await pageOverHttp(world, middle, page(old.slice(43, 50), true));
        await pageOverHttp(world, `${path}?before=1`, page([], false));
        const most = page(old.slice(-MOST), true);
        await pageOverHttp(world, `${path}?limit=1000`, most);
        await pageOverHttp(world, "/rooms/empty/messages", page([], false));
        const unknown = `${path}?utm=x&room=secret&room[$ne]=x`;
        await pageOverHttp(world, unknown, page(newest, true));
        for (const query of REPEATED)
          await refusedOverHttp(world, `${path}?${query}`);
        for (const name of BAD_NAMES)
          await refusedOverHttp(world, `/rooms/${name}/messages`);
        await unreadOverHttp(world, `/rooms/${UNREADABLE}/messages`);
        await assertNotAsked(world, async () => {
          for (const query of ODD_QUERIES)
            await oddOverHttp(world, `${path}?${query}`, old);
        });
      },
    },
    stillAlive,
    {
      id: "unavailable",
      title: "Without the database, the past is refused too, and soon",
      kind: "stretch",
      hints: [
        "message:send knows what to say when the database is away. Who else asks the database now?",
        "A call and a route ask it. One answers DB_UNAVAILABLE, the other a status that is not 200, both within 3 s.",
        "In Express 5 an error of an async route goes to the error handler. Without one of yours, Express answers 500 with the stack.",
      ],
      mistakes: [
        {
          id: "M18",
          looksLike: ({ received }) => received.startsWith(TOLD_TOO_MUCH),
          hint: "The route answered with a stack: lines of your code, for everybody to read. That is for your console. Express does so by itself unless somebody else takes the error.",
        },
        {
          id: "M33-silence",
          looksLike: ({ expected, received }) =>
            expected.startsWith(WHILE_SILENT) &&
            /^(it did not come|it came after|no ack)/.test(received),
          hint: "The database took the question and said nothing more, and whoever asked waits for more than 3 s. How long does your driver wait for an answer, and how often does it ask again before it gives up?",
        },
        {
          id: "M33",
          looksLike: ({ received }) =>
            /^(it did not come|it came after|no ack)/.test(received),
          hint: "The one who asked waits for more than 3 s. A limit of the client is for reading as well as for writing; a second try of the driver's takes as long again.",
        },
        {
          id: "other-code",
          looksLike: ({ facts }) => matches({ ok: false }, facts.value),
          hint: "history:get was refused, with another code than DB_UNAVAILABLE.",
        },
        {
          id: "empty-past",
          looksLike: ({ facts }) =>
            facts.status === 200 || matches({ ok: true }, facts.value),
          hint: "The database was away, and the answer was that all is well. An empty past is a statement too, and here it was a false one.",
        },
      ],
      check: async (world) => {
        const [alice] = await inTheRooms(world, OLD_ROOM);
        const areAway = () =>
          allOf([assertAway(world, alice), assertRouteAway(world)]);
        await cutLine(world, () => assertAway(world, alice));
        await areAway();
        world.database.mend();
        await foundAgain(world);
        world.database.withholdReplies(() => true, "every command");
        await inWords(WHILE_SILENT, areAway());
        world.database.mend();
        await foundAgain(world);
      },
    },
  ],
};

export default lesson;

const FORGED_SEQ = 999;
const OTHER_ROOM = "the first message of another room: ";
const AFTER_SEEDING = "with the counter in rooms at 150: ";
const TWO_SERVERS = "two messages at once, on two servers,";
const WHILE_OTHERS_WRITE = "while Bob writes: ";
const TOLD_TOO_MUCH = "told: ";
const WHILE_SILENT = "while the database says nothing: ";

/** What is no limit and no place, but may come all the same. */
const ODD_NUMBERS: readonly unknown[] = [
  0,
  -1,
  2.5,
  "abc",
  "7",
  "",
  null,
  true,
  [7],
  {},
  -1e308,
  1e308,
];

const BAD_PAYLOADS: readonly unknown[] = [
  null,
  OLD_ROOM,
  7,
  [OLD_ROOM],
  {},
  { room: null },
  { room: [OLD_ROOM] },
  { room: { toString: OLD_ROOM } },
  { room: "two words" },
  { room: "x".repeat(33) },
  { room: `${OLD_ROOM}\n` },
];

const REPEATED = ["limit=7&limit=8", "before=9&before=9", "before=9&before=a"];

const BAD_NAMES = [
  "two%20words",
  "%24ne",
  "caf%C3%A9",
  "x".repeat(33),
  `${OLD_ROOM}%0A`,
  `room:${OLD_ROOM}`,
];

/** A name that cannot be decoded. */
const UNREADABLE = "%zz";

const ODD_QUERIES = ["limit", "before"].flatMap((name) => [
  ...["0", "-1", "2.5", "abc", "", "%00", "1e308", "Infinity"].map(
    (value) => `${name}=${value}`,
  ),
  `${name}[$gt]=canary`,
  `${name}[]=canary`,
  `${name}={"$gt":"canary"}`,
]);

function isTrouble(...kinds: NumberTrouble[]): Mistake["looksLike"] {
  return ({ facts }) =>
    kinds.some((trouble) => matches({ trouble }, facts.value));
}

/** Alice and Bob, in these rooms. */
async function inTheRooms(
  world: World,
  ...rooms: string[]
): Promise<readonly [alice: Client, bob: Client]> {
  const clients = await world.connect("Alice", "Bob");
  for (const room of rooms) await join(room, ...clients);
  return clients;
}

/** The last message that Alice sent is stored with its number. */
async function assertStored({ database }: World): Promise<void> {
  const shape = { room: ROOM, seq: 3, user: "alice", text: "number 3" };
  const last = (await stored(database, ROOM)).at(-1);
  if (!matches(shape, last))
    throw new Unmet(
      `the document of the third message holds ${describeShape(shape)}`,
      show(last),
    );
}

/** Asks for a page, and gets exactly this one. */
async function historyIs(
  client: Client,
  payload: { room: string; before?: number; limit?: number },
  messages: readonly Seeded[],
  hasMore: boolean,
): Promise<void> {
  const answer = await client.ask("history:get", [payload], { ok: anything });
  const { before } = payload;
  assertPage(inShort(payload), answer, { messages, hasMore, before });
}

/** Asks oddly: BAD_REQUEST, or some page. */
async function oddHistory(
  client: Client,
  payload: Readonly<Record<string, unknown>>,
  all: readonly Seeded[],
): Promise<void> {
  const answer = await inWords(
    `${inShort(payload)}: `,
    client.ask("history:get", [payload], { ok: anything }),
  );
  assertPageOrRefused(inShort(payload), answer, all, matches(REFUSED, answer));
}

/** Such as `history:get { room: 'tea', limit: 7 }`. */
function inShort(payload: object): string {
  return `history:get ${show(payload)}`;
}

/** While the database is away, the call has no past to give. */
function assertAway({ within }: World, client: Client): Promise<unknown> {
  const asked = client.ask(
    "history:get",
    [{ room: OLD_ROOM }],
    refusal("DB_UNAVAILABLE"),
    REFUSAL_LIMIT + LATE,
  );
  return within(REFUSAL_LIMIT, "history:get is answered", asked);
}

/** Nor has the route, and it says nothing about the server. */
async function assertRouteAway({ within, request }: World): Promise<void> {
  const path = `/rooms/${OLD_ROOM}/messages`;
  const patience = REFUSAL_LIMIT + 3 * LATE;
  const asked = request(path, { patience });
  const answer = await within(REFUSAL_LIMIT, `GET ${path} is answered`, asked);
  const { status, body } = answer;
  const expected = `GET ${path} is refused, without a word about your server`;
  if (status < 400) throw new Unmet(expected, showAnswer(answer), { status });
  if (/\bat .+:\d+|node_modules/.test(body))
    throw new Unmet(expected, `${TOLD_TOO_MUCH}${showAnswer(answer)}`, {
      status,
    });
}
