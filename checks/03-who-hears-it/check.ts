import type { Failure, Lesson, Mistake, World } from "../kit/lesson.ts";
import { aNumber, matches } from "../kit/shape.ts";
import { stillAlive } from "../kit/still-alive.ts";
import { showAnswer } from "../kit/http.ts";
import { Unmet } from "../kit/unmet.ts";

// Who is who in every requirement: Alice sends, Bob is meant if one is meant, Carol looks on.

const lesson: Lesson = {
  name: "03-who-hears-it",
  requirements: [
    {
      id: "chat-reaches-everyone",
      title:
        "chat:say reaches everyone as chat:said { from, text }, the sender too",
      kind: "base",
      hints: [
        "Who should see a line of a chat? Everyone, and the sender too.",
        "One object stands for the server and all its sockets, another for one of them.",
        "io.emit(…) reaches all sockets. `from` is the id of the socket that sent it.",
      ],
      mistakes: [
        heard(
          ["Alice"],
          "M7",
          "Only Alice, who said it, heard it. That is what emitting on one socket does: it speaks to that one.",
        ),
        heard(
          ["Bob", "Carol"],
          "M7",
          "Everyone but Alice heard it, and she said it. broadcast leaves the sender out.",
        ),
        {
          id: "from-missing",
          looksLike: ({ facts }) =>
            hasField(facts.value, "text") && !hasField(facts.value, "from"),
          hint: "The text came, and nobody knows whose it is. The server knows which socket sent it.",
        },
        {
          id: "M19",
          looksLike: ({ facts }) =>
            matches({ from: "somebody else" }, facts.value),
          hint: "Alice sent a false `from` along, and your server passed it on. Who sent an event is for the server to say.",
        },
        {
          id: "bare-text",
          looksLike: ({ facts }) => typeof facts.value === "string",
          hint: "The text came bare. The contract wants an object with from and text.",
        },
      ],
      check: async ({ connect, audience }) => {
        const [alice, bob, carol] = await connect("Alice", "Bob", "Carol");
        alice.emit("chat:say", { text: "Hello, all!", from: "somebody else" });
        await audience("chat:said", [alice, bob, carol], {
          from: alice.id,
          text: "Hello, all!",
        });
      },
    },
    {
      id: "notification-reaches-one",
      title:
        "notify { to, text } reaches that one socket as notification { from, text }",
      kind: "base",
      hints: [
        "A notification is for one. Whose id is in `to`?",
        "Every socket is in a room of its own from the start. Its name is the socket's id.",
        "io.to(id).emit(…) reaches the sockets in the room of that name.",
      ],
      mistakes: [
        heard(
          ["Alice", "Bob", "Carol"],
          "M7",
          "It was for Bob, and everyone heard it. A client that shows only what is meant for it has still been told what is not.",
        ),
        heard(
          ["Bob", "Carol"],
          "M7",
          "It was for Bob, and Carol heard it too. broadcast reaches all but the sender.",
        ),
        heard(
          ["Alice"],
          "M7",
          "It was for Bob, and it came back to Alice, who sent it. Which socket should speak?",
        ),
        heard(
          ["Alice", "Bob"],
          "M7",
          "Bob heard it, and Alice heard her own notification too. It is for one.",
        ),
      ],
      check: async ({ connect, audience }) => {
        const [alice, bob] = await connect("Alice", "Bob", "Carol");
        alice.emit("notify", { to: bob.id, text: "Your tea is ready" });
        await audience("notification", [bob], {
          from: alice.id,
          text: "Your tea is ready",
        });
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
          looksLike: ({ facts }) => facts.heardBy?.length === 0,
          hint: "Bob can be notified, Alice cannot notify herself. What is called on a socket leaves that socket out.",
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
        heard(
          ["Alice", "Bob", "Carol"],
          "M7",
          "Alice set the score, and was told her own score. She knows it already.",
        ),
        heard(
          ["Alice"],
          "M7",
          "Alice set the score, and only she was told. It is news for all the others.",
        ),
        {
          id: "falsy-values-lost",
          looksLike: ({ facts }) => facts.heardBy?.length === 0,
          hint: "Nobody heard the score 2 : 0. Is there no listener yet, or does something take 0 for nothing?",
        },
      ],
      check: async ({ connect, audience }) => {
        const [alice, bob, carol] = await connect("Alice", "Bob", "Carol");
        alice.emit("score:set", { home: 2, away: 0 });
        await audience("score:updated", [bob, carol], { home: 2, away: 0 });
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
          looksLike: ({ facts }) => facts.heardBy?.includes("Bob") ?? false,
          hint: "Bob was told that Bob has come. The news is for the others.",
        },
        {
          id: "newcomer-not-counted",
          looksLike: ({ facts }) => matches({ online: 1 }, facts.value),
          hint: "Two were connected, and online was 1. The newcomer counts: is it counted after the news is sent?",
        },
        {
          id: "M11",
          looksLike: ({ facts }) => matches({ online: aNumber }, facts.value),
          hint: "online is not the number of those who are connected now. Were those who left before taken out of the count, once each?",
        },
      ],
      check: async (world) => {
        await thoseGoneAreNoticed(world);
        const alice = await world.client("Alice");
        const bob = await world.client("Bob");
        await world.audience("user:joined", [alice], { id: bob.id, online: 2 });
        const carol = await world.client("Carol");
        await world.audience("user:joined", [alice, bob], {
          id: carol.id,
          online: 3,
        });
      },
    },
    {
      id: "left",
      title:
        "Within 1 s of a disconnect, clean or cut, the others hear user:left { id, online } once",
      kind: "base",
      hints: [
        "A socket has an event that says that it is gone.",
        'It comes once for each socket, however the connection ended. "disconnecting" comes before, "disconnect" after.',
        'socket.on("disconnect", …): by then the socket is not counted any more.',
      ],
      mistakes: [
        {
          id: "left-twice",
          looksLike: ({ facts }) => (facts.times ?? 0) > 1,
          hint: "One client left, and the others were told twice. Two handlers tell the same news.",
        },
        {
          id: "leaver-counted",
          looksLike: ({ facts }) => matches({ online: 3 }, facts.value),
          hint: "Three were connected, one left, and online was still 3. At that moment the leaver was not gone yet.",
        },
        {
          id: "counted-twice",
          looksLike: ({ facts }) => matches({ online: aNumber }, facts.value),
          hint: "online went down by the wrong number. A count of one's own is easily changed twice; what does Socket.IO itself know?",
        },
        {
          id: "not-told-in-time",
          looksLike: ({ received }) => received.includes("it came after"),
          hint: "The news came late. Something waits before it tells the others.",
        },
      ],
      check: async (world) => {
        await thoseGoneAreNoticed(world);
        const [alice, bob, carol] = await world.connect(
          "Alice",
          "Bob",
          "Carol",
        );
        const { id } = carol;
        carol.cut();
        await world.audience(
          "user:left",
          [alice, bob],
          { id, online: 2 },
          { limit: 1_000 },
        );
        const { id: second } = bob;
        bob.leave();
        await world.audience(
          "user:left",
          [alice],
          { id: second, online: 1 },
          { limit: 1_000 },
        );
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
          id: "negative-count",
          looksLike: ({ facts }) =>
            Number((facts.value as { online?: unknown } | undefined)?.online) <
            0,
          hint: "Fewer than nobody is online: somebody was taken out of the count more than once.",
        },
        {
          id: "M11",
          looksLike: ({ facts }) => matches({ online: aNumber }, facts.value),
          hint: "Visitors who have left are still counted. What is put into a list or a map on connect must be taken out on disconnect.",
        },
      ],
      check: async (world) => {
        await thoseGoneAreNoticed(world);
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
        await thoseGoneAreNoticed(world);
        await assertOnline(world, 2);
      },
    },
    stillAlive,
    {
      id: "reconnecting",
      title: "After three reconnects, one chat:say is still heard once",
      kind: "stretch",
      hints: [
        "What is registered again each time somebody connects?",
        "Each connection has a socket of its own, with listeners of its own. They do not pile up by themselves.",
        "Look for listeners that are registered on io inside the connection handler.",
      ],
      mistakes: [
        {
          id: "M5",
          looksLike: ({ facts }) => (facts.times ?? 0) > 1,
          hint: "The more often somebody connects, the more often one line is said. Something is registered anew for everyone at each connection.",
        },
      ],
      check: async ({ client, audience }) => {
        const bob = await client("Bob");
        for (let visit = 1; visit <= 3; visit++)
          (await client(`Visit ${visit}`)).leave();
        const alice = await client("Alice");
        alice.emit("chat:say", { text: "once" });
        await audience("chat:said", [bob, alice], {
          from: alice.id,
          text: "once",
        });
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
          looksLike: ({ fault }) => fault !== null,
          hint: "A notification to somebody who had just left ended the server. What you look up may be gone.",
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
        for (const to of [gone, "", null, [], {}, 7])
          alice.emit("notify", { to, text: "Are you there?" });
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

/** Waits until the server has noticed that the clients which are gone are gone. */
async function thoseGoneAreNoticed({ settle }: World): Promise<void> {
  await settle();
}

async function assertOnline({ request }: World, online: number): Promise<void> {
  const answer = await request("/stats");
  if (answer.status === 200 && matches({ online }, answer.json)) return;
  throw new Unmet(`200 {"online":${online}}`, showAnswer(answer), {
    status: answer.status,
    value: answer.json,
  });
}

/** The wrong call of emit is known by who heard it. */
function heard(names: string[], id: string, hint: string): Mistake {
  return {
    id,
    hint,
    looksLike: ({ facts }: Failure) => facts.heardBy?.join() === names.join(),
  };
}

function hasField(value: unknown, field: string): boolean {
  return typeof value === "object" && value !== null && field in value;
}
