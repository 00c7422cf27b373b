import type { Client } from "../kit/client.ts";
import { heardBy as heardByThese } from "../kit/recognise.ts";
import { showAnswer } from "../kit/http.ts";
import type { Failure, Lesson, World } from "../kit/lesson.ts";
import { PATIENCE, pass, patientlyTry } from "../kit/patience.ts";
import {
  aNumber,
  aString,
  anything,
  describeShape,
  matches,
} from "../kit/shape.ts";
import { show } from "../kit/show.ts";
import { stillAlive } from "../kit/still-alive.ts";
import { list } from "../kit/timeline.ts";
import { Unmet } from "../kit/unmet.ts";

// Who is who in every requirement: Alice sends, Bob is meant if one is meant, Carol looks on.

const FALSE_FROM = "somebody else";

const THE_SECOND_TIME = "they heard only what she said later";
const TOO_LATE = "it came later than that";
const ONLY_CLEAN_LEAVES =
  "nobody heard it when Carol's line was cut; when Bob left it was heard";

const lesson: Lesson = {
  name: "03-who-hears-it",
  keeps: ["01-one-server", "02-emit-and-listen"],
  mistakes: [
    {
      id: "M19",
      looksLike: ({ facts }) => matches({ from: FALSE_FROM }, facts.value),
      hint: "Alice sent a false `from` along, and your server passed it on. Who sent an event is for the server to say.",
    },
    {
      id: "from-missing",
      looksLike: ({ facts }) =>
        matches({ text: anything }, facts.value) && !("from" in facts.value),
      hint: "The text came, and nobody knows whose it is. The server knows which socket sent it.",
    },
    {
      id: "text-missing",
      looksLike: ({ facts }) =>
        matches({ from: anything }, facts.value) && !("text" in facts.value),
      hint: "It is known who spoke, and there is no field text. Compare the names of the fields with the contract.",
    },
    {
      id: "other-from",
      looksLike: ({ expected, facts }) =>
        matches({ from: anything, text: aString }, facts.value) &&
        expected.includes(`text: ${show(facts.value.text)}`),
      hint: "`from` is there, and it is not the id of the socket that spoke.",
    },
  ],
  requirements: [
    {
      id: "chat-reaches-everyone",
      title: "chat:say reaches everyone as chat:said, the sender too",
      kind: "base",
      hints: [
        "Who should see a line of a chat? Everyone, and the sender too.",
        "One object stands for the server and all its sockets, another for one of them.",
        "io.emit(…) reaches all sockets. `from` is the id of the socket that sent it.",
      ],
      mistakes: [
        {
          id: "M3",
          looksLike: ({ received }) => received === THE_SECOND_TIME,
          hint: "What Alice said at first was lost, what she said later was heard. Is something awaited before the listener for chat:say is there?",
        },
        {
          id: "M5",
          looksLike: heardBy(["Alice", "Bob", "Carol"], 3),
          hint: "Three are connected, and each line is heard three times. What is registered once more for everyone who comes, although all share it?",
        },
        {
          id: "M7",
          looksLike: ({ received }) =>
            /\bAlice \(2 times\)/.test(received) &&
            !/\b(Bob|Carol) \(2 times\)/.test(received),
          hint: "Alice, who said it, heard it twice, the others once. Two calls speak to her: one of them reached everyone already.",
        },
        {
          id: "M6",
          looksLike: heardBy(["Alice", "Bob", "Carol"], 2),
          hint: "Everyone heard it twice. Is each connection handled twice?",
        },
        {
          id: "M7",
          looksLike: heardBy(["Alice"]),
          hint: "Only Alice, who said it, heard it. That is what emitting on one socket does: it speaks to that one.",
        },
        {
          id: "M7",
          looksLike: heardBy(["Bob", "Carol"]),
          hint: "Everyone but Alice heard it, and she said it. broadcast leaves the sender out.",
        },
        {
          id: "bare-text",
          looksLike: ({ facts }) => typeof facts.value === "string",
          hint: "The text came bare. The contract wants an object with from and text.",
        },
        {
          id: "payload-as-text",
          looksLike: ({ facts }) => matches({ text: {} }, facts.value),
          hint: "text is an object with a text in it. The payload arrives as one object; which part of it is wanted?",
        },
      ],
      check: async (world) => {
        const [bob, carol] = await world.connect("Bob", "Carol");
        const alice = await world.client("Alice");
        const text = "Hello, all!";
        const say = (line: string) => () =>
          alice.emit("chat:say", { text: line, from: FALSE_FROM });
        if (!(await world.isHeard("chat:said", say(text)))) {
          const later = "Is it on?";
          await world.isHeard("chat:said", say(later));
          const [first] = world.clients.flatMap((client) =>
            client.heard("chat:said"),
          );
          // If only the later one is heard, nobody listened yet when the first one came.
          const isSlow = first && !JSON.stringify(first.args).includes(later);
          if (!isSlow)
            throw new Unmet(
              `Alice, Bob and Carol hear chat:said ${describeShape({ from: alice.id, text })}`,
              first ? THE_SECOND_TIME : "nobody heard it",
            );
        }
        await world.audience("chat:said", [bob, carol, alice], {
          from: alice.id,
          text,
        });
      },
    },
    {
      id: "notification-reaches-one",
      title: "notify { to, text } reaches that one socket as notification",
      kind: "base",
      hints: [
        "A notification is for one. Whose id is in `to`?",
        "Every socket is in a room of its own from the start. Its name is the socket's id.",
        "io.to(id).emit(…) reaches the sockets in the room of that name.",
      ],
      mistakes: [
        {
          id: "M7",
          looksLike: heardBy(["Alice", "Bob", "Carol"]),
          hint: "It was for Bob, and everyone heard it. A client that shows only what is meant for it has still been told what is not.",
        },
        {
          id: "M7",
          looksLike: heardBy(["Bob", "Carol"]),
          hint: "It was for Bob, and Carol heard it too. broadcast reaches all but the sender.",
        },
        {
          id: "M7",
          looksLike: heardBy(["Alice"]),
          hint: "It was for Bob, and it came back to Alice, who sent it. Which socket should speak?",
        },
        {
          id: "M7",
          looksLike: heardBy(["Alice", "Bob"]),
          hint: "Bob heard it, and Alice heard her own notification too. It is for one.",
        },
        {
          id: "not-the-one-meant",
          looksLike: heardBy(["Carol"]),
          hint: "It was for Bob, and Carol heard it. `to` says whom it is for; how did your server choose?",
        },
        {
          id: "registered-again",
          looksLike: heardBy(["Bob"], 2),
          hint: "Bob was told the same several times. Clients have come and gone meanwhile: what was registered once more by that?",
        },
      ],
      check: async ({ connect, audience }) => {
        const [alice, bob] = await connect("Alice", "Bob", "Carol");
        const text = "Your tea is ready";
        alice.emit("notify", { to: bob.id, text, from: FALSE_FROM });
        await audience("notification", [bob], { from: alice.id, text });
      },
    },
    {
      id: "notification-to-oneself",
      title: "notify with one's own id arrives as well",
      kind: "base",
      hints: [
        "Alice notifies herself, a reminder say. Who leaves her out?",
        "What is called on a socket leaves that socket out, when it speaks to a room.",
        "io.to(…) reaches everyone in the room, socket.to(…) all but that socket.",
      ],
      mistakes: [
        {
          id: "sender-left-out",
          looksLike: heardBy([]),
          hint: "Bob can be notified, Alice cannot notify herself. What leaves her out: a condition of yours, or the object on which `to` is called?",
        },
      ],
      check: async ({ connect, audience }) => {
        const [alice] = await connect("Alice", "Bob");
        alice.emit("notify", { to: alice.id, text: "Call Ada" });
        await audience("notification", [alice], {
          from: alice.id,
          text: "Call Ada",
        });
      },
    },
    {
      id: "score-reaches-the-others",
      title: "score:set reaches everyone else as score:updated { home, away }",
      kind: "base",
      hints: [
        "Whoever sets the score knows it already. Who does not?",
        "A socket can speak to all sockets but itself.",
        "socket.broadcast.emit(…) does that.",
      ],
      mistakes: [
        {
          id: "M5",
          looksLike: heardBy(["Bob", "Carol"], 2),
          hint: "The first score was heard once, the second one twice. Is a listener registered inside another one?",
        },
        {
          id: "M7",
          looksLike: heardBy(["Alice", "Bob", "Carol"]),
          hint: "Alice set the score, and was told her own score. She knows it already.",
        },
        {
          id: "M7",
          looksLike: heardBy(["Alice"]),
          hint: "Alice set the score, and only she was told. It is news for all the others.",
        },
        {
          id: "zero-lost",
          looksLike: ({ expected, facts }) =>
            expected.includes("away: 0") && facts.heardBy?.length === 0,
          hint: "2 : 1 was heard, 2 : 0 was not. Something takes 0 for nothing.",
        },
        {
          id: "bare-score",
          looksLike: ({ facts }) =>
            facts.value !== undefined && !matches({}, facts.value),
          hint: "The score came without an object around it. The contract wants one with home and away.",
        },
      ],
      check: async ({ connect, audience }) => {
        const [alice, bob, carol] = await connect("Alice", "Bob", "Carol");
        for (const away of [1, 0]) {
          alice.emit("score:set", { home: 2, away });
          await audience("score:updated", [bob, carol], { home: 2, away });
        }
      },
    },
    {
      id: "joined",
      title: "When one connects, the others hear user:joined { id, online }",
      kind: "base",
      hints: [
        "In which handler does the server learn that somebody has come?",
        "The newcomer has its welcome. The news is for all the others, and the newcomer counts as online.",
        "Inside the connection handler, socket.broadcast speaks to the others. Socket.IO itself knows how many sockets are connected.",
      ],
      mistakes: [
        {
          id: "M7",
          looksLike: heardBy(["Bob"]),
          hint: "Bob came, and only Bob was told so. It is the others who do not know it yet.",
        },
        {
          id: "M7",
          looksLike: heardBy(["Alice", "Bob"]),
          hint: "Bob was told that Bob has come. The news is for the others.",
        },
        {
          id: "negative-count",
          looksLike: ({ facts }) => onlineOf(facts.value) < 1,
          hint: "Alice and Bob are here, and online is less than one. Somebody who left was taken out of the count more than once.",
        },
        {
          id: "newcomer-not-counted",
          looksLike: ({ facts }) => onlineOf(facts.value) === 1,
          hint: "Two were connected, and online was 1. The newcomer counts: is it counted after the news is sent?",
        },
        {
          id: "newcomer-counted-twice",
          looksLike: ({ facts }) => onlineOf(facts.value) === 3,
          hint: "Two were connected, and online was 3. Was the newcomer in the count already, when you added one?",
        },
        {
          id: "M11",
          looksLike: ({ facts }) => onlineOf(facts.value) > 3,
          hint: "Two were connected, and online was more than that. Those who came and left earlier seem to be counted still.",
        },
        {
          id: "online-is-no-number",
          looksLike: ({ facts }) =>
            matches({ id: aString }, facts.value) &&
            Number.isNaN(onlineOf(facts.value)),
          hint: "The news came, without a number under the name online. What you count with: is it a number, a list, or a promise of one?",
        },
        {
          id: "other-id",
          looksLike: ({ facts }) => matches({ online: anything }, facts.value),
          hint: "The news came, and does not say who it is about. The contract wants the newcomer's socket id, under the name id.",
        },
      ],
      check: async (world) => {
        await world.settle(); // so that nobody of before is still counted
        const alice = await world.client("Alice");
        const bob = await world.client("Bob");
        await assertNews(world, "user:joined", [alice], bob.id, 2);
        const carol = await world.client("Carol");
        await assertNews(world, "user:joined", [alice, bob], carol.id, 3);
      },
    },
    {
      id: "left",
      title: "When one leaves or is cut, the others hear user:left within 1 s",
      kind: "base",
      hints: [
        "A socket has an event that says that it is gone.",
        'It comes once for each socket, however the connection ended. "disconnecting" comes before, "disconnect" after.',
        'socket.on("disconnect", …): by then the socket is not counted any more, and broadcast speaks to all who are left.',
      ],
      mistakes: [
        {
          id: "cut-not-told",
          looksLike: ({ received }) => received === ONLY_CLEAN_LEAVES,
          hint: "Bob said goodbye, and that was told. Carol's line broke, and nobody was told. Most clients go without a word.",
        },
        {
          id: "left-twice",
          looksLike: ({ facts }) => (facts.times ?? 0) > 1,
          hint: "One client left, and the others were told twice. Two handlers tell the same news.",
        },
        {
          id: "leaver-counted",
          looksLike: ({ facts }) => onlineOf(facts.value) === 3,
          hint: "Three were connected, one left, and online was still 3. At that moment the leaver was not gone yet.",
        },
        {
          id: "connections-counted",
          looksLike: ({ expected, facts }) =>
            expected.includes("online: 1") && onlineOf(facts.value) === 2,
          hint: "After a cut line online was right. Bob left cleanly, and was counted still: his socket was gone, the connection below it not yet. Which of the two do you count?",
        },
        {
          id: "leaver-subtracted-twice",
          looksLike: ({ facts }) => onlineOf(facts.value) === 1,
          hint: "Three were connected, one left, and online was 1. Was the leaver out of the count already, when you took one off?",
        },
        {
          id: "told-late",
          looksLike: ({ received }) =>
            received === TOO_LATE || received.includes("it came after"),
          hint: "The news came late. Something waits before it tells the others.",
        },
      ],
      check: async (world) => {
        await world.settle();
        const clients = await world.connect("Alice", "Bob", "Carol");
        const [alice, bob, carol] = clients;
        const ids = clients.map(({ id }) => id);
        carol.cut();
        try {
          await assertNews(world, "user:left", [alice, bob], ids[2]!, 2, 1_000);
        } catch (error) {
          if (!(error instanceof Unmet) || error.facts.heardBy?.length !== 0)
            throw error;
          bob.leave();
          throw await whyNobodyWasTold(world, error, ids);
        }
        bob.leave();
        await assertNews(world, "user:left", [alice], ids[1]!, 1, 1_000);
      },
    },
    {
      id: "stats",
      title: "GET /stats answers { online }, also after 20 quick visits",
      kind: "base",
      hints: [
        "This is a route of your Express app, like /health.",
        "Count nobody twice, and forget nobody who has left.",
        "io.sockets.sockets is a Map of the sockets that are connected now; it has a size.",
      ],
      mistakes: [
        {
          id: "no-stats-route",
          looksLike: ({ facts }) => facts.status === 404,
          hint: "There is no route /stats yet.",
        },
        {
          id: "negative-stats",
          looksLike: ({ facts }) => onlineOf(facts.value) < 1,
          hint: "Alice and Bob are here, and /stats counts nobody, or less than nobody. Is everyone counted in once and out once?",
        },
        {
          id: "stats-never-forget",
          looksLike: ({ facts }) => onlineOf(facts.value) > 2,
          hint: "Visitors who have left are still counted. What is put into a list or a map on connect must be taken out on disconnect.",
        },
        {
          id: "stats-without-number",
          looksLike: ({ facts }) => matches({}, facts.value),
          hint: "An object came, without a number under the name online. What you count with may be undefined, a map, or a promise: JSON makes nothing or {} of them.",
        },
        {
          id: "bare-count",
          looksLike: ({ facts }) => matches(aNumber, facts.value),
          hint: "A bare number came. The contract wants an object, so that more can be added one day.",
        },
      ],
      check: async (world) => {
        await world.connect("Alice", "Bob");
        await assertOnline(world, 2);
        const visitors = await Promise.all(
          Array.from({ length: 20 }, (_, index) =>
            world.client(`Visitor ${index + 1}`),
          ),
        );
        for (const [index, visitor] of visitors.entries()) {
          if (index % 2 === 0) visitor.leave();
          else visitor.cut();
        }
        await assertOnline(world, 2);
      },
    },
    stillAlive,
    {
      id: "reconnecting",
      title: "After three reconnects, one chat:say is still heard once",
      kind: "stretch",
      hints: [
        "What is registered again each time somebody connects, or speaks?",
        "Each connection has a socket of its own, with listeners of its own. They do not pile up by themselves.",
        "Look for listeners that are registered on something all clients share, and for listeners inside listeners.",
      ],
      mistakes: [
        {
          id: "listeners-pile-up",
          looksLike: ({ facts }) => (facts.times ?? 0) > 1,
          hint: "The more often something is said, the more often it is heard. What does your listener register each time that it runs?",
        },
      ],
      check: async ({ client, audience }) => {
        const bob = await client("Bob");
        for (let visit = 1; visit <= 4; visit++) {
          const alice = await client(`Alice on visit ${visit}`);
          const text = `Here I am for the ${visit}. time`;
          alice.emit("chat:say", { text });
          await audience("chat:said", [bob, alice], { from: alice.id, text });
          alice.leave();
        }
      },
    },
    {
      id: "notify-nobody",
      title: "notify to somebody who has gone harms nobody",
      kind: "stretch",
      hints: [
        "What does your server do when nobody has that id?",
        "A room with nobody in it is no mistake: speaking to it reaches nobody.",
        "If you look the socket up yourself, it may be undefined. `to` may be missing, too.",
      ],
      mistakes: [
        {
          id: "gone-socket",
          looksLike: ({ fault, received }) =>
            fault !== null &&
            /of (undefined|null) \(reading 'emit'/.test(received),
          hint: "A notification to somebody who had just left ended the server. What you look up may be gone.",
        },
        {
          id: "M17",
          looksLike: ({ fault, received }) =>
            fault !== null && received.includes("TypeError"),
          hint: "A notify without a payload, or with an odd one, ended the server. What comes from a client is looked at before it is used.",
        },
        {
          id: "thrown",
          looksLike: ({ fault }) => fault !== null,
          hint: "Your server noticed that nobody has that id, and threw. Where does an error go that no one catches?",
        },
        {
          id: "to-everyone",
          looksLike: ({ received }) => received.includes("heard"),
          hint: "A notification whose `to` names nobody was heard. To nobody must not become to everybody: what does your server do with a `to` that is no text?",
        },
      ],
      check: async ({ connect, settle }) => {
        const [alice, bob, carol] = await connect("Alice", "Bob", "Carol");
        const gone = carol.id;
        carol.leave();
        await settle();
        alice.emit("notify", { to: gone, text: "Are you there?" });
        await settle();
        for (const to of ["", null, [], {}, 7])
          alice.emit("notify", { to, text: "Who is there?" });
        alice.emit("notify", { text: "Is anybody there?" });
        alice.emit("notify");
        await settle();
        for (const client of [alice, bob])
          if (client.heard("notification").length > 0)
            throw new Unmet("nobody hears it", `${client.name} heard it`);
      },
    },
  ],
};

export default lesson;

/** Whether these heard it, and nobody else; with `atLeast`, one of them so often or more. */
function heardBy(names: string[], atLeast = 0) {
  const areThese = heardByThese(...names);
  return (failure: Failure) =>
    areThese(failure) && (failure.facts.times ?? 0) >= atLeast;
}

/** The number under `online`, or NaN. */
function onlineOf(value: unknown): number {
  return matches({ online: aNumber }, value) ? value.online : Number.NaN;
}

/** How long to wait before looking again, in milliseconds of patience. */
const STEP = 40;

/** Time in which news that come after their limit still count as late, not as never, in ms. */
const LATE = 200;

/**
 * Waits until the news of one who came or left has reached those who should hear it, once each, and
 * nobody else. News of others do not count: those of earlier visitors may still be under way.
 *
 * @param limit the contract's time limit for it, in milliseconds
 */
async function assertNews(
  world: World,
  event: string,
  hearers: readonly Client[],
  id: string,
  online: number,
  limit?: number,
): Promise<void> {
  const inTime = limit === undefined ? "" : ` within ${limit / 1_000} s`;
  const expected = `${event} ${describeShape({ id, online })} reaches ${list(hearers.map(({ name }) => name))}${inTime}, ${hearers.length === 1 ? "once" : "once each"}, and nobody else`;
  const arrivals = Promise.all(
    hearers.map((client) =>
      hearsAbout(
        client,
        event,
        id,
        limit === undefined ? PATIENCE : limit + LATE,
      ),
    ),
  );
  let delay: Unmet | null = null;
  try {
    await (limit === undefined
      ? arrivals
      : world.within(limit, `${event} comes`, arrivals));
  } catch (error) {
    if (!(error instanceof Unmet)) throw error;
    delay = error;
  }
  await world.settle();

  const ears = world.clients
    .map((client) => ({ client, news: newsAbout(client, event, id) }))
    .filter(({ news }) => news.length > 0);
  const isRight =
    ears.length === hearers.length &&
    ears.every(
      ({ client, news }) => hearers.includes(client) && news.length === 1,
    );
  if (!isRight) {
    const other = hearers
      .flatMap((client) => client.heard(event))
      .find(({ args }) => !matches({ id: aString }, args[0]));
    if (ears.length === 0 && other !== undefined)
      throw new Unmet(expected, `${event} ${show(other.args[0])}`, {
        value: other.args[0],
      });
    throw new Unmet(
      expected,
      ears.length === 0
        ? "nobody heard it"
        : `heard by ${list(ears.map(({ client, news }) => (news.length === 1 ? client.name : `${client.name} (${news.length} times)`)))}`,
      {
        heardBy: ears.map(({ client }) => client.name),
        times: Math.max(0, ...ears.map(({ news }) => news.length)),
      },
    );
  }
  if (delay !== null) throw delay;
  for (const { client, news } of ears)
    if (!matches({ online }, news[0]))
      throw new Unmet(
        `${client.name} hears ${event} ${describeShape({ id, online })}`,
        `${event} ${show(news[0])}`,
        { value: news[0] },
      );
}

/** Looks whether the news that Carol is gone come later, or those that Bob is gone, who said goodbye. */
async function whyNobodyWasTold(
  { clients: [alice], server }: World,
  error: Unmet,
  [, bob, carol]: readonly string[],
): Promise<Unmet> {
  const isTold = (id = "") =>
    alice !== undefined && newsAbout(alice, "user:left", id).length > 0;
  for (let waited = 0; waited < PATIENCE / 2; waited += STEP)
    if (!isTold(carol) && !isTold(bob)) await pass(STEP, server);
  if (isTold(carol)) return new Unmet(error.expected, TOO_LATE);
  return isTold(bob) ? new Unmet(error.expected, ONLY_CLEAN_LEAVES) : error;
}

/** Waits until the client has heard the news of this id. */
async function hearsAbout(
  client: Client,
  event: string,
  id: string,
  patience: number,
): Promise<void> {
  while (newsAbout(client, event, id).length === 0)
    await client.hears(event, anything, patience);
}

/** What a client has heard of this id. */
function newsAbout(client: Client, event: string, id: string): unknown[] {
  return client
    .heard(event)
    .map(({ args }) => args[0])
    .filter((news) => matches({ id }, news));
}

/** Asks for the count until it is right, for as long as it is a count. */
async function assertOnline(
  { request, server }: World,
  online: number,
): Promise<void> {
  await patientlyTry(
    server,
    async (isFirst) => {
      const answer = await request("/stats", { quiet: !isFirst });
      if (answer.status === 200 && matches({ online }, answer.json)) return;
      throw new Unmet(`200 {"online":${online}}`, showAnswer(answer), {
        status: answer.status,
        value: answer.json,
      });
    },
    ({ facts }) => !Number.isNaN(onlineOf(facts.value)),
  );
}
