import type { Client } from "../kit/client.ts";
import { heardBy } from "../kit/recognise.ts";
import { showAnswer } from "../kit/http.ts";
import type { Failure, Lesson, World } from "../kit/lesson.ts";
import { PATIENCE, patientlyTry } from "../kit/patience.ts";
import {
  Kind,
  type Shape,
  aNumber,
  aString,
  anIsoTime,
  anything,
  describeShape,
  matches,
} from "../kit/shape.ts";
import { show, showArguments } from "../kit/show.ts";
import { stillAlive } from "../kit/still-alive.ts";
import { list } from "../kit/timeline.ts";
import { Unmet, inWords } from "../kit/unmet.ts";

// Who is who in every requirement: Alice acts, Bob is in her room, Carol is in another one, Dave in
// none. Eve listens where she should not. Each requirement has rooms of its own, so that nobody of
// before is in them.

const SENT = { ok: true, id: aString };
const REFUSED = refusal("BAD_REQUEST");
const NOT_IN_ROOM = refusal("NOT_IN_ROOM");
const MOST_ROOMS = 10;

const lesson: Lesson = {
  name: "06-rooms",
  keeps: ["01-one-server"],
  mistakes: [
    {
      id: "M13",
      looksLike: ({ fault, received }) =>
        fault !== null && /is not a function/.test(received),
      hint: "Your server called something that is no function: that ended it for everyone. Was it looked at before it was called?",
    },
    {
      id: "M17",
      looksLike: ({ fault, received }) =>
        fault !== null && received.includes("TypeError"),
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
      id: "join",
      title: "room:join is acknowledged; the others in the room are told",
      kind: "base",
      hints: [
        "A room is a name that sockets can join and leave. Only the server puts them into it.",
        "The answer says how many are in the room now. Those who were there before hear who has come.",
        "socket.join(name) puts a socket into a room, socket.to(name).emit(…) speaks to the others in it. io.sockets.adapter.rooms knows who is in which.",
      ],
      mistakes: [
        {
          id: "no-listener",
          looksLike: ({ received }) =>
            received.startsWith("no acknowledgement"),
          hint: "Nobody answered room:join. A room begins when the first one is let in: is there a listener for that yet?",
        },
        {
          id: "counted-before-joined",
          looksLike: ({ expected, facts }) =>
            membersIn(facts.value) === membersIn(expected) - 1,
          hint: "members is one too few. The joiner counts as well: is it counted before it is in the room?",
        },
        {
          id: "everyone-counted",
          looksLike: ({ expected, facts }) =>
            matches({ ok: true, members: aNumber }, facts.value) &&
            membersIn(facts.value) !== membersIn(expected),
          hint: "members is not the number of those in this room. Whom does your server count?",
        },
        {
          id: "members-as-list",
          looksLike: ({ facts }) =>
            matches({ ok: true, members: anything }, facts.value) &&
            !matches({ members: aNumber }, facts.value),
          hint: "members is there, and it is no number. Of a list, a set or a promise only the size is wanted.",
        },
        {
          id: "refused-again",
          looksLike: ({ facts, expected }) =>
            expected.startsWith(AGAIN) && matches({ ok: false }, facts.value),
          hint: "Bob joined a room in which he is already, and was refused. After a moment without a line a client joins again to be sure: that is no mistake.",
        },
        {
          id: "good-name-refused",
          looksLike: ({ facts }) => matches({ ok: false }, facts.value),
          hint: "A room was refused whose name is allowed: bus-line_7 has letters, a digit, - and _ in it, and nothing else.",
        },
        {
          id: "other-answer",
          looksLike: ({ expected, facts }) =>
            expected.includes("acknowledged") &&
            matches({ ok: anything }, facts.value),
          hint: "An answer came, and it is not the contract's: ok, the room's name as it was sent, and members.",
        },
        {
          id: "announced-again",
          looksLike: ({ expected, facts }) =>
            expected.startsWith(AGAIN) && facts.heardBy !== undefined,
          hint: "Bob was in the room already, and his coming was told once more. Nothing has changed for the others.",
        },
        {
          id: "M7",
          looksLike: heardBy("Alice", "Bob", "Carol", "Dave"),
          hint: "Bob joined, and everyone was told, Dave too, who is in no room. Whom does io.emit reach?",
        },
        {
          id: "M7",
          looksLike: heardBy("Alice", "Carol", "Dave"),
          hint: "Bob joined Alice's room, and Carol and Dave were told, who are not in it. broadcast alone means: all but me.",
        },
        {
          id: "M7",
          looksLike: heardBy("Alice", "Bob"),
          hint: "Bob was told that Bob has come. The news is for the others in the room.",
        },
        {
          id: "M7",
          looksLike: heardBy("Bob"),
          hint: "Bob joined, and only Bob was told. He knows it from the answer; Alice does not.",
        },
        {
          id: "nobody-told",
          looksLike: heardBy(),
          hint: "Bob joined, and Alice, who was in the room, heard nothing. Is room:joined sent to the same name that sockets join?",
        },
        {
          id: "M19",
          looksLike: ({ facts }) => matches({ user: "admin" }, facts.value),
          hint: "Bob said that he is admin, and the room was told so. Who somebody is, the server says.",
        },
        {
          id: "other-user",
          looksLike: ({ facts }) => matches({ room: aString }, facts.value),
          hint: "room:joined came, without the right user in it. user is the guest name of the one who has come.",
        },
      ],
      check: async (world) => {
        const [alice, bob, carol] = await fourClients(world);
        await joins(alice, "bus-line_7", 1);
        await joins(carol, "grass", 1);
        await notCounted(world, "room:joined");
        await bob.ask("room:join", [{ room: "bus-line_7", user: "admin" }], {
          ok: true,
          room: "bus-line_7",
          members: 2,
        });
        await world.audience("room:joined", [alice], {
          room: "bus-line_7",
          user: nameOf(bob),
        });
        await inWords(AGAIN, joins(bob, "bus-line_7", 2));
        await inWords(AGAIN, world.audience("room:joined", [], {}));
      },
    },
    {
      id: "message",
      title: "message:send reaches the room once, the sender too, no others",
      kind: "base",
      hints: [
        "Who should hear what is said in a room? All who are in it, the sender too, and nobody else.",
        "io speaks to all in a room. A socket that speaks to a room leaves itself out.",
        "io.to(name).emit(…): one call, and everyone in the room hears it once.",
      ],
      mistakes: [
        {
          id: "sender-not-in-room",
          looksLike: ({ facts }) =>
            matches({ error: { code: "NOT_IN_ROOM" } }, facts.value),
          hint: "Alice is in the room, and was told that she is not. Is the name that is looked up the one that was joined?",
        },
        {
          id: "good-one-refused",
          looksLike: ({ facts }) => matches({ ok: false }, facts.value),
          hint: "A good message to a room in which Alice is was refused. Which condition does it not meet?",
        },
        {
          id: "M7",
          looksLike: heardBy("Alice", "Bob", "Carol", "Dave"),
          hint: "It was said in one room, and everyone heard it, Dave too, who is in none. A client that hides what is not for it has been told it all the same.",
        },
        {
          id: "M7",
          looksLike: heardBy("Bob"),
          hint: "Bob heard it, and Alice, who sent it, did not. Who is left out when a socket speaks to a room?",
        },
        {
          id: "M7",
          looksLike: heardBy("Alice"),
          hint: "Alice said it in the room, and only she heard it. Whom does emit on one socket reach?",
        },
        {
          id: "M7",
          looksLike: heardBy("Bob", "Carol", "Dave"),
          hint: "Everyone but Alice heard it, whatever room they are in. broadcast knows no rooms by itself.",
        },
        {
          id: "all-rooms-of-the-sender",
          looksLike: heardBy("Alice", "Bob", "Carol"),
          hint: "Carol heard it too: she shares another room with Alice. A message has one room, that of its payload, however many its sender is in.",
        },
        {
          id: "M24",
          looksLike: ({ received }) =>
            received === "heard by Alice (2 times) and Bob",
          hint: "Alice heard her own message twice: once as the sender, once as one of the room. Two emits speak to her; several rooms in one emit reach each socket once.",
        },
        {
          id: "joined-twice",
          looksLike: ({ received }) =>
            received === "heard by Alice and Bob (2 times)",
          hint: "Bob joined twice, and hears everything twice. He is in a room or not: a list can hold him twice, a set cannot.",
        },
        {
          id: "M5",
          looksLike: ({ facts }) => (facts.times ?? 0) > 1,
          hint: "One message was heard several times by all. Alice has joined several rooms: is something registered again with each join, or sent once for each room?",
        },
        {
          id: "nobody-heard",
          looksLike: heardBy(),
          hint: "Alice was answered, and nobody in the room heard it. Is it sent to the same name that sockets join?",
        },
        {
          id: "M19",
          looksLike: ({ facts }) =>
            matches({ user: "admin" }, facts.value) ||
            matches({ id: "forged" }, facts.value),
          hint: "Alice claimed something that the server should say, and it was believed. id, user and at are never the client's.",
        },
        {
          id: "not-trimmed",
          looksLike: ({ facts }) => /^\s|\s$/.test(textOf(facts.value)),
          hint: "The text came with the space around it. The rules of lesson 05 still hold.",
        },
        {
          id: "other-message",
          looksLike: ({ facts }) => matches({}, facts.value),
          hint: "message:new came with other values than the contract's. Compare: id, room, user, text and at.",
        },
      ],
      check: async (world) => {
        const [alice, bob, carol] = await fourClients(world);
        for (const room of ["green", "blue", "red"]) {
          await joins(alice, room);
          if (!room.endsWith("red")) await joins(bob, room);
        }
        await joins(bob, "green");
        await joins(carol, "blue");
        const text = "Who is for tea?";
        const { id } = await alice.ask(
          "message:send",
          [{ room: "green", text: ` ${text}\n`, ...FORGED }],
          SENT,
        );
        await world.audience("message:new", [alice, bob], {
          id,
          room: "green",
          user: nameOf(alice),
          text,
          at: anIsoTime,
        });
        await says(carol, "blue", "Coffee");
        await world.audience("message:new", [alice, bob, carol], {
          room: "blue",
          user: nameOf(carol),
          text: "Coffee",
        });
      },
    },
    {
      id: "leave",
      title: "room:leave is told to the others; who is out is NOT_IN_ROOM",
      kind: "base",
      hints: [
        "Being in a room is checked at each message, not only at the door.",
        "A socket knows the rooms that it is in. Who leaves is not in them any more, and those who stay are told.",
        "socket.rooms.has(name) tells whether, socket.leave(name) ends it. socket.to(name).emit(…) still reaches the others.",
      ],
      mistakes: [
        {
          id: "M23",
          looksLike: ({ expected, facts }) =>
            expected.includes("NOT_IN_ROOM") &&
            expected.includes("message:send") &&
            matches({ ok: true }, facts.value),
          hint: "Somebody spoke in a room without being in it. Who asks for a place at the door only lets everybody shout through the window.",
        },
        {
          id: "still-heard",
          looksLike: ({ expected, facts }) =>
            expected.includes("message:new") &&
            (facts.heardBy?.includes("Bob") ?? false),
          hint: "Bob left the room, and hears still what is said there. Was he taken out of it, or is it only told?",
        },
        {
          id: "outsider-heard",
          looksLike: ({ expected, facts }) =>
            expected.includes("message:new") &&
            expected.includes("reaches nobody") &&
            facts.heardBy !== undefined,
          hint: "The answer was NOT_IN_ROOM, and the room heard it all the same. First look, then tell.",
        },
        {
          id: "all-rooms-left",
          looksLike: ({ expected, facts }) =>
            expected.startsWith(OTHER_ROOM) &&
            (facts.heardBy !== undefined || facts.value !== undefined),
          hint: "Bob left one room, and was out of another one as well. He named the one that he leaves.",
        },
        {
          id: "left-without-being-in",
          looksLike: ({ expected, facts }) =>
            expected.includes("NOT_IN_ROOM") &&
            matches({ ok: true }, facts.value),
          hint: "Somebody left a room without being in it, and the answer was ok. socket.leave does not complain: look before you call it.",
        },
        {
          id: "other-code",
          looksLike: ({ expected, facts }) =>
            expected.includes("NOT_IN_ROOM") &&
            matches({ ok: false }, facts.value),
          hint: "It was refused, in other words than the contract's. The call is well-formed; what is wrong is that this client is not in the room, and there is a code for that.",
        },
        {
          id: "other-answer",
          looksLike: ({ facts }) => matches({ ok: anything }, facts.value),
          hint: "The answer to room:leave is not the contract's: ok, and the room's name.",
        },
        {
          id: "M7",
          looksLike: heardBy("Alice", "Bob", "Carol", "Dave"),
          hint: "Bob left a room, and everyone was told, in whatever room they are.",
        },
        {
          id: "M7",
          looksLike: heardBy("Alice", "Bob", "Carol"),
          hint: "Bob was told that Bob has left. He is the one who knows.",
        },
        {
          id: "M7",
          looksLike: heardBy("Bob"),
          hint: "Bob left, and only he was told. It is the others who stay behind.",
        },
        {
          id: "nobody-told",
          looksLike: heardBy(),
          hint: "Bob left, was answered, and the others in the room were not told.",
        },
        {
          id: "told-again",
          looksLike: ({ expected, facts }) =>
            expected.includes("room:left") && facts.heardBy !== undefined,
          hint: "room:left was heard by others than those who should, or more than once. Who is in the room at that moment, and who left it?",
        },
        {
          id: "other-user",
          looksLike: ({ facts }) => matches({}, facts.value),
          hint: "room:left came with other values than the contract's: room, and the user who has left.",
        },
      ],
      check: async (world) => {
        const [alice, bob, carol, dave] = await fourClients(world);
        const room = "garden";
        for (const client of [alice, bob, carol]) await joins(client, room);
        for (const client of [alice, bob]) await joins(client, "kitchen");

        await bob.ask("room:leave", [{ room }], { ok: true, room });
        const user = nameOf(bob);
        await world.audience("room:left", [alice, carol], { room, user });
        await says(alice, room, "Bob is gone");
        await world.audience("message:new", [alice, carol], { room });

        // Bob is out again, Dave was never in, and nobody was ever in the last one.
        for (const [client, name] of [
          [bob, room],
          [dave, room],
          [dave, "nowhere"],
        ] as const) {
          await client.ask("room:leave", [{ room: name }], NOT_IN_ROOM);
          await inWords(
            "message:send: ",
            client.ask(
              "message:send",
              [{ room: name, text: "Can you hear me?" }],
              NOT_IN_ROOM,
            ),
          );
        }
        await world.audience("room:left", [], {});
        await world.audience("message:new", [], {});

        await inWords(OTHER_ROOM, says(bob, "kitchen", "I am here"));
        await inWords(
          OTHER_ROOM,
          world.audience("message:new", [alice, bob], { user }),
        );
        await joins(bob, room, 3);
      },
    },
    {
      id: "direct-message",
      title: "dm:send reaches the socket whose id is `to`, and nobody else",
      kind: "base",
      hints: [
        "A direct message is for one socket. Whose id is in `to`?",
        "Is there a socket of that id? If not, whoever sent it is to be told: a room's name, say, is no socket's id.",
        "io.sockets.sockets is a Map of the connected sockets by their ids; has(…) and get(…) look one up.",
      ],
      mistakes: [
        {
          id: "M7",
          looksLike: heardBy("Alice", "Bob", "Carol", "Dave"),
          hint: "It was for Bob, and everyone heard it. What is private must not leave the server for anyone else.",
        },
        {
          id: "M7",
          looksLike: heardBy("Alice", "Bob"),
          hint: "It was for Bob, and Alice heard it as well. Her answer tells her that it went out.",
        },
        {
          id: "M7",
          looksLike: heardBy("Alice"),
          hint: "It was for Bob, and it came back to Alice. Which socket should speak?",
        },
        {
          id: "sender-left-out",
          looksLike: ({ expected, facts }) =>
            expected.startsWith(TO_HERSELF) && facts.heardBy?.length === 0,
          hint: "Bob can be reached, and Alice cannot write to herself. Who leaves her out?",
        },
        {
          id: "nobody-heard",
          looksLike: heardBy(),
          hint: "The answer was ok, and Bob heard nothing. To whom, and under which name, was it sent?",
        },
        {
          id: "room-reached",
          looksLike: ({ expected, facts }) =>
            expected.startsWith("the name of a room") &&
            facts.value !== undefined,
          hint: "dm:send to the name of a room was taken. A direct message is for one; for rooms there is another event, which looks who may speak.",
        },
        {
          id: "a-list-taken",
          looksLike: ({ expected, facts }) =>
            /^(an|a) (empty )?list/.test(expected) && facts.value !== undefined,
          hint: "`to` was a list, and it was taken. io.to(…) takes lists of names, an empty one means everyone: make sure that what you give it is one name.",
        },
        {
          id: "M11",
          looksLike: ({ expected, facts }) =>
            expected.startsWith(GONE) && matches({ ok: true }, facts.value),
          hint: "Dave has gone, and a message to him was taken. Where does your server still know him from?",
        },
        {
          id: "sent-to-nobody",
          looksLike: ({ facts }) => matches({ ok: true }, facts.value),
          hint: "There is no socket of that id, and the answer was ok. Alice believes now that somebody has heard her.",
        },
        {
          id: "other-code",
          looksLike: ({ facts }) => matches({ ok: false }, facts.value),
          hint: "It was refused, in other words than the contract's. A `to` that names nobody makes the call malformed.",
        },
        {
          id: "reached-all-the-same",
          looksLike: ({ expected }) =>
            expected.includes("dm:new") && expected.includes("reaches nobody"),
          hint: "The answer was BAD_REQUEST, and somebody heard it all the same.",
        },
        {
          id: "M19",
          looksLike: ({ facts }) => matches({ from: "forged" }, facts.value),
          hint: "Alice wrote in another's name, and Bob was told so. from is the id of the socket that sent it.",
        },
        {
          id: "other-from",
          looksLike: ({ facts }) => matches({}, facts.value),
          hint: "dm:new came with other values than the contract's: from, the id of the socket that sent it, and text.",
        },
      ],
      check: async (world) => {
        const [alice, bob, carol, dave] = await fourClients(world);
        for (const client of [bob, carol]) await joins(client, "office");
        const text = "Between you and me";
        const ok = { ok: true };
        await alice.ask("dm:send", [{ to: bob.id, text, from: "forged" }], ok);
        const from = alice.id;
        await world.audience("dm:new", [bob], { from, text });

        await alice.ask("dm:send", [{ to: from, text: "Call Ada" }], ok);
        await inWords(
          TO_HERSELF,
          world.audience("dm:new", [alice], { from, text: "Call Ada" }),
        );

        const gone = dave.id;
        dave.leave();
        for (const [what, to] of [
          ["an id of nobody", "nobody"],
          ["the name of a room", "office"],
          ["the name of a room as some servers call it", "room:office"],
          ["an empty text", ""],
          ["an empty list", []],
          ["a list with Bob's id", [bob.id]],
          ["a name that objects inherit", "constructor"],
        ] as const)
          await refuses(alice, "dm:send", [{ to, text }], what);
        // It may take the server a moment to see that Dave has gone.
        await patientlyTry(world.server, () =>
          refuses(alice, "dm:send", [{ to: gone, text }], GONE),
        );
        await world.audience("dm:new", [], {});
      },
    },
    {
      id: "spy",
      title: "In a room that is named by Bob's id, one hears nothing of his",
      kind: "base",
      hints: [
        "Eve joins a room whose name is Bob's id. Which room is she in then?",
        "Every socket is in a room of its own from the start, and its name is the socket's id. A name that a client chooses can be the same.",
        "Give the rooms of clients names that no socket has: put something in front of each name before it goes to join, to, leave or has.",
      ],
      mistakes: [
        {
          id: "M22",
          looksLike: ({ expected, facts }) =>
            expected.includes("dm:new") &&
            (facts.heardBy?.includes("Eve") ?? false),
          hint: "Eve joined a room called like Bob's id, and reads now what is sent to Bob alone. Socket.IO has a room of that name already: Bob's own.",
        },
        {
          id: "id-as-name-refused",
          looksLike: ({ expected, facts }) =>
            expected.includes("room:join") &&
            matches({ ok: false }, facts.value),
          hint: "Eve was refused because of the room's name. It fits the contract, so it is a name like any other; what matters is that it is another room than Bob's own.",
        },
        {
          id: "M22",
          looksLike: ({ expected, facts }) =>
            expected.startsWith(EVES_ROOM) && facts.value !== undefined,
          hint: "Eve is alone in her room, and members says more. Bob, who never joined it, is in a room of that name from the start.",
        },
        {
          id: "M22",
          looksLike: ({ expected, facts }) =>
            expected.includes("room:joined") &&
            (facts.heardBy?.includes("Bob") ?? false),
          hint: "Bob was told that Eve has come into a room that he never joined. It is his own, where only the server should speak to him.",
        },
        {
          id: "M22",
          looksLike: ({ expected, facts }) =>
            expected.includes("message:new") &&
            (facts.heardBy?.includes("Bob") ?? false),
          hint: "Eve spoke in her room, and Bob heard it, who never joined it. His own room has the same name as hers.",
        },
        {
          id: "M22",
          looksLike: ({ expected, facts }) =>
            expected.includes("NOT_IN_ROOM") &&
            matches({ ok: true }, facts.value),
          hint: "Bob never joined a room of that name, and your server says he is in it. It looks among all of his rooms, and one of them is Socket.IO's own.",
        },
        {
          id: "own-room-lost",
          looksLike: ({ expected, facts }) =>
            expected.startsWith(AFTERWARDS) && facts.heardBy?.length === 0,
          hint: "Eve left her room, and Bob, whose id is its name, hears no direct messages any more. What of Bob's went with it?",
        },
      ],
      check: async (world) => {
        const [alice, bob, eve] = await world.connect("Alice", "Bob", "Eve");
        const room = bob.id;
        const joined = await eve.ask("room:join", [{ room }], {
          ok: true,
          room,
          members: anything,
        });
        const text = "Only Bob may read this";
        const from = alice.id;
        await alice.ask("dm:send", [{ to: bob.id, text }], { ok: true });
        await world.audience("dm:new", [bob], { from, text });

        if (joined.members !== 1)
          throw new Unmet(`${EVES_ROOM}members: 1`, show(joined), {
            value: joined,
          });
        await world.audience("room:joined", [], {});
        for (const [event, more] of [
          ["message:send", { text }],
          ["room:leave", {}],
        ] as const)
          await bob.ask(event, [{ room, ...more }], NOT_IN_ROOM);
        await says(eve, room, "Nobody here but me");
        await world.audience("message:new", [eve], { room });

        await eve.ask("room:leave", [{ room }], { ok: true, room });
        await alice.ask("dm:send", [{ to: bob.id, text }], { ok: true });
        await inWords(AFTERWARDS, world.audience("dm:new", [bob], { from }));
      },
    },
    {
      id: "malformed",
      title: "A malformed call is BAD_REQUEST before all else, ack or not",
      kind: "base",
      hints: [
        "There are four events now, and each has fields that a client can get wrong.",
        "Look at the whole payload before you look who is in which room. A room's name fits as a whole, not in a part.",
        "typeof first: a regular expression turns what it is given into a text. ^ and $ are the ends of the text; with the flag m, of any line in it.",
      ],
      mistakes: [
        {
          id: "membership-first",
          looksLike: ({ facts }) =>
            matches({ error: { code: "NOT_IN_ROOM" } }, facts.value),
          hint: "The call was malformed, and the answer was NOT_IN_ROOM. What is malformed is malformed for everyone: look at all fields first.",
        },
        {
          id: "internal-instead",
          looksLike: ({ facts }) =>
            matches({ error: { code: "INTERNAL" } }, facts.value),
          hint: "The answer was INTERNAL: a handler stumbled over the payload. Seeing that a call is malformed needs no accident.",
        },
        {
          id: "name-in-part",
          looksLike: taken("a name with a space", "a name with !"),
          hint: "A name with another character in it was taken. Your pattern is found in a part of it: is it tied to both ends?",
        },
        {
          id: "line-break-in-name",
          looksLike: taken("a name with a line break", "a name before a line"),
          hint: "A name with a line break in it was taken. With the flag m, ^ and $ are the ends of any line, and one line of it is fine.",
        },
        {
          id: "other-letters",
          looksLike: taken("a name with another letter"),
          hint: "A name with ä in it was taken. The contract has 26 letters, small and capital.",
        },
        {
          id: "name-too-long",
          looksLike: taken("33 characters"),
          hint: "A name of 33 characters was taken. How long may it be?",
        },
        {
          id: "empty-name",
          looksLike: taken("an empty name"),
          hint: "A room without a name was joined: the empty text. In a pattern * means none or more.",
        },
        {
          id: "name-is-no-text",
          looksLike: taken(
            "no payload",
            "null",
            "a number",
            "an empty object",
            "room: a number",
            "room: null",
            "room: true",
            "room: a list",
            "no room",
          ),
          hint: "The name of the room was no text, and it was taken. A regular expression makes a text of whatever it is given: null becomes a fine name.",
        },
        {
          id: "text-rules-lost",
          looksLike: taken(
            "text: a number",
            "text: a list",
            "no text",
            "an empty text",
            "space and nothing else",
            "501 characters",
          ),
          hint: "A text was taken that lesson 05 refuses. Its rules have come along: a string, and 1 to 500 characters when it is trimmed.",
        },
        {
          id: "done-all-the-same",
          looksLike: ({ expected }) => expected === NOBODY,
          hint: "A malformed call was refused or not asked for an answer, and somebody heard of it. First look, then do.",
        },
        {
          id: "ignored-without-ack",
          looksLike: ({ expected }) => expected.startsWith(WITHOUT_ACK),
          hint: "A good call came without an acknowledgement, and nothing came of it. Not to ask for an answer is no mistake.",
        },
        {
          id: "long-name-refused",
          looksLike: ({ expected, facts }) =>
            expected.includes("room:join") &&
            matches({ ok: false }, facts.value) &&
            expected.includes("ok: true"),
          hint: "A name of 32 characters was refused. The limit itself is still allowed.",
        },
        {
          id: "text-at-the-limit-refused",
          looksLike: ({ expected, facts }) =>
            TEXTS_AT_THE_LIMITS.some(([what]) => expected.startsWith(what)) &&
            matches({ ok: false }, facts.value),
          hint: "A text was refused whose length is exactly a limit, 1 or 500. What lesson 05 allows is allowed in a room, too.",
        },
        {
          id: "other-error-shape",
          looksLike: ({ facts }) => matches({ ok: false }, facts.value),
          hint: "It was refused, in other words than the contract's. error is an object with a code and a message.",
        },
        {
          id: "ack-not-last",
          looksLike: ({ expected, received }) =>
            expected.includes(ONE_MORE) &&
            received.startsWith("no acknowledgement"),
          hint: "An argument more than usual came before the acknowledgement, and no answer came. The acknowledgement is the last one.",
        },
        {
          id: "thrown",
          looksLike: ({ fault, received }) =>
            fault !== null && !received.includes("TypeError"),
          hint: "Your server noticed that a call is bad, and threw. Nobody caught that.",
        },
      ],
      check: async (world) => {
        const [alice, bob] = await world.connect("Alice", "Bob");
        const room = `long_-${"x".repeat(26)}`;
        for (const client of [alice, bob]) await joins(client, room);
        const before = bob.heard().length;
        const good = { room, to: bob.id, text: "Hello, Bob!" };
        for (const [event, fields] of Object.entries(FIELDS)) {
          for (const [what, ...args] of [
            ...BAD_PAYLOADS,
            ...fields.flatMap((field) => badFields(good, field)),
          ]) {
            alice.emit(event, ...args);
            await refuses(alice, event, args, what);
          }
          await refuses(alice, event, [null, 7], ONE_MORE);
        }
        // Outside of any room, too.
        await refuses(
          alice,
          "message:send",
          [{ room: "elsewhere", text: 7 }],
          "text: a number, to a room in which she is not",
        );
        await world.settle();
        const heard = bob.heard().slice(before);
        const news = heard.find(({ event }) => OWN_EVENTS.has(event));
        if (news !== undefined)
          throw new Unmet(
            NOBODY,
            `Bob heard ${news.event} ${showArguments(news.args)}`,
          );
        for (const [event, news] of [
          ["room:leave", "room:left"],
          ["room:join", "room:joined"],
          ["message:send", "message:new"],
          ["dm:send", "dm:new"],
        ] as const) {
          alice.emit(event, good);
          await inWords(WITHOUT_ACK, bob.hears(news, {}));
        }
        for (const [what, text] of TEXTS_AT_THE_LIMITS) {
          await inWords(`${what}: `, says(alice, room, text));
          await inWords(
            `${what}: `,
            alice.ask("dm:send", [{ to: bob.id, text }], { ok: true }),
          );
        }
      },
    },
    {
      id: "gone",
      title: "Within 1 s of a disconnect, its rooms hear room:left once each",
      kind: "base",
      hints: [
        "Most clients go without a word. What does the server hear of it?",
        'Two events come: "disconnecting", while the socket is still in its rooms, and "disconnect", when it is not.',
        'socket.on("disconnecting", …) and, in it, socket.rooms: one room:left for each room that clients know.',
      ],
      mistakes: [
        {
          id: "only-when-it-says-so",
          looksLike: ({ received }) => received === ONLY_CLEAN_LEAVES,
          hint: "Carol said goodbye, and it was told. Bob's line broke, and nobody was told. Does your server ask for the reason?",
        },
        {
          id: "M25",
          looksLike: ({ facts }) => facts.heardBy?.length === 0,
          hint: "Bob was gone, and nobody in his rooms was told. At the moment in which your server looks, in how many rooms is he still?",
        },
        {
          id: "told-late",
          looksLike: ({ received }) => received.includes("it came after"),
          hint: "The news came late. Something waits before it tells the rooms.",
        },
        {
          id: "left-before",
          looksLike: ({ received }) => received.includes("'cellar'"),
          hint: "Bob had left the cellar before, and said so; it was told again when he went. Which list of his rooms is not kept up to date?",
        },
        {
          id: "everyone-told",
          looksLike: ({ received }) => received.includes("Dave heard"),
          hint: "Dave shares no room with the leaver, and was told all the same.",
        },
        {
          id: "room-by-its-inner-name",
          looksLike: ({ received }) => /[^' ](attic|hall)/.test(received),
          hint: "The room came with what your server puts in front of its name. Clients know it by the name that they joined.",
        },
        {
          id: "once-for-all-rooms",
          looksLike: ({ received }) => received.includes("Alice heard once"),
          hint: "Alice shares two rooms with the leaver, and was told of one. He is gone from the other one too.",
        },
        {
          id: "told-twice",
          looksLike: ({ facts }) => (facts.times ?? 0) > 1,
          hint: "The same room was told twice. Do two handlers tell the same news?",
        },
      ],
      check: async (world) => {
        const [alice, bob, carol, dave] = await fourClients(world);
        for (const client of [alice, bob]) {
          await joins(client, "cellar");
          await joins(client, "attic");
        }
        for (const client of [alice, bob, carol]) await joins(client, "hall");
        await joins(dave, "shed");
        await bob.ask("room:leave", [{ room: "cellar" }], { ok: true });
        await alice.hears("room:left", { room: "cellar" });
        await world.settle();

        const asBob = nameOf(bob);
        const asCarol = nameOf(carol);
        const both = ["attic", "hall"];
        const hall = ["hall"];
        bob.cut();
        try {
          await areTold(world, asBob, [
            [alice, both],
            [carol, hall],
            [dave, []],
          ]);
        } catch (error) {
          if (!(error instanceof Unmet) || error.facts.heardBy?.length !== 0)
            throw error;
          throw (await world.isHeard("room:left", () => carol.leave()))
            ? new Unmet(error.expected, ONLY_CLEAN_LEAVES)
            : error;
        }
        carol.leave();
        await areTold(world, asCarol, [
          [alice, hall],
          [dave, []],
        ]);
      },
    },
    {
      id: "ten-rooms",
      title: "A client is in 10 rooms at most; leaving one frees a place",
      kind: "base",
      hints: [
        "Each room takes memory. What keeps one client from making a million of them?",
        "Count the rooms that this client has joined, before you let it into another one.",
        "socket.rooms is a Set of the rooms that a socket is in. One of them is its own, and it does not count.",
      ],
      mistakes: [
        {
          id: "no-limit",
          looksLike: ({ expected, facts }) =>
            expected.startsWith("the 11th room") &&
            matches({ ok: true }, facts.value),
          hint: "An eleventh room was joined. A client that goes on like this fills the memory of your server.",
        },
        {
          id: "own-room-counted",
          looksLike: ({ expected, facts }) =>
            expected.startsWith("room 10") &&
            matches({ ok: false }, facts.value),
          hint: "The tenth room was refused. Alice joined nine; which room does your server count besides?",
        },
        {
          id: "limit-of-all",
          looksLike: ({ expected, facts }) =>
            expected.startsWith("Bob") && matches({ ok: false }, facts.value),
          hint: "Alice has ten rooms, and Bob, who has none, was refused. Whose rooms does your server count?",
        },
        {
          id: "refused-again",
          looksLike: ({ expected, facts }) =>
            expected.startsWith(AGAIN) && matches({ ok: false }, facts.value),
          hint: "Alice is in ten rooms, joined one of them again, and was refused. She needs no new place for that.",
        },
        {
          id: "place-not-freed",
          looksLike: ({ expected, facts }) =>
            expected.startsWith("after leaving one") &&
            matches({ ok: false }, facts.value),
          hint: "Alice left a room, and could not join another one. What is counted up and never down?",
        },
        {
          id: "in-all-the-same",
          looksLike: ({ expected, facts }) =>
            expected.includes("NOT_IN_ROOM") &&
            matches({ ok: true }, facts.value),
          hint: "The eleventh room was refused, and Alice is in it. Count first, join after.",
        },
        {
          id: "place-freed-by-refusal",
          looksLike: ({ expected, facts }) =>
            expected.startsWith("a 12th room") &&
            matches({ ok: true }, facts.value),
          hint: "With ten rooms again, Alice could join one more. What did leaving, or joining again, do to your count?",
        },
        {
          id: "other-code",
          looksLike: ({ facts }) => matches({ ok: false }, facts.value),
          hint: "The eleventh room was refused, in other words than the contract's. The code is BAD_REQUEST.",
        },
      ],
      check: async ({ connect }) => {
        const [alice, bob] = await connect("Alice", "Bob");
        const room = (number: number) => `ten${number}`;
        for (let number = 1; number <= MOST_ROOMS; number++)
          await inWords(`room ${number}: `, joins(alice, room(number), 1));
        const eleventh = { room: room(11) };
        await refuses(alice, "room:join", [eleventh], "the 11th room");
        await alice.ask(
          "message:send",
          [{ ...eleventh, text: "Hello?" }],
          NOT_IN_ROOM,
        );
        await inWords("Bob, who is in none: ", joins(bob, room(11), 1));
        await inWords(AGAIN, joins(alice, room(1), 1));
        await alice.ask("room:leave", [{ room: room(1) }], { ok: true });
        await inWords("after leaving one: ", joins(alice, room(11), 2));
        await refuses(alice, "room:join", [{ room: room(12) }], "a 12th room");
      },
    },
    {
      id: "stats",
      title: "GET /stats answers { online, rooms }; empty rooms are gone",
      kind: "base",
      hints: [
        "This is a route of your Express app, like /health.",
        "Only rooms that clients have joined count, and only while somebody is in them.",
        "io.sockets.adapter.rooms is a Map of all rooms that are not empty, the sockets' own among them.",
      ],
      mistakes: [
        {
          id: "no-stats-route",
          looksLike: ({ facts }) => facts.status === 404,
          hint: "There is no route /stats yet.",
        },
        {
          id: "own-rooms-counted",
          looksLike: ({ expected, facts }) =>
            expected.startsWith(NO_ROOM_YET) && roomsIn(facts.value) === 2,
          hint: "Nobody has joined a room, and there are some. Every socket has one of its own: which of them did a client ask for?",
        },
        {
          id: "M11",
          looksLike: ({ expected, facts }) =>
            (roomsIn(facts.value) > 1 && expected.startsWith(ONE_ROOM)) ||
            (roomsIn(facts.value) > 0 &&
              (expected.startsWith(ALL_GONE) ||
                expected.startsWith(NO_ROOM_YET))),
          hint: "A room that everyone has left, or lost, is counted still. What is kept of it when its last member goes?",
        },
        {
          id: "members-counted",
          looksLike: ({ expected, facts }) =>
            roomsIn(facts.value) === 3 && expected.startsWith(TWO_ROOMS),
          hint: "Two rooms with three members together, and rooms is 3. It is the rooms that are counted.",
        },
        {
          id: "online-wrong",
          looksLike: ({ expected, facts }) =>
            matches({ rooms: roomsIn(expected) }, facts.value),
          hint: "rooms is right, and online is not the number of connected sockets.",
        },
        {
          id: "rooms-missing",
          looksLike: ({ facts }) =>
            matches({ online: aNumber }, facts.value) &&
            Number.isNaN(roomsIn(facts.value)),
          hint: "online came, without a number under the name rooms. JSON makes {} of a Map or a Set: what you want is its size.",
        },
      ],
      check: async (world) => {
        const [alice, bob] = await world.connect("Alice", "Bob");
        await assertStats(world, NO_ROOM_YET, { online: 2, rooms: 0 });
        await joins(alice, "north");
        await joins(alice, "south");
        await joins(bob, "north");
        await assertStats(world, TWO_ROOMS, { online: 2, rooms: 2 });
        await alice.ask("room:leave", [{ room: "south" }], { ok: true });
        await assertStats(world, ONE_ROOM, { online: 2, rooms: 1 });
        alice.leave();
        bob.cut();
        await assertStats(world, ALL_GONE, { online: 0, rooms: 0 });
      },
    },
    stillAlive,
    {
      id: "odd-names",
      title: "Tea and tea are two rooms, and constructor is one like others",
      kind: "stretch",
      hints: [
        "Which names can a room have that mean something to your server?",
        "A name is to be kept as it was sent. An object that is used as a table has names in it from the start.",
        "A Map has no entries but its own. toLowerCase() makes two names one.",
      ],
      mistakes: [
        {
          id: "object-as-table",
          looksLike: ({ fault, expected }) =>
            fault !== null || !/\b[Tt]ea\b/.test(expected),
          hint: "A room with the name of something that every object inherits was not like others. What is it that your server looks names up in?",
        },
        {
          id: "case-lost",
          looksLike: () => true,
          hint: "Alice is in Tea, Bob is in tea, and your server makes one room of them. A and a are different characters.",
        },
      ],
      check: async ({ connect, audience }) => {
        const [alice, bob] = await connect("Alice", "Bob");
        await joins(alice, "Tea", 1);
        await joins(bob, "tea", 1);
        await says(alice, "Tea", "With milk");
        await audience("message:new", [alice], { room: "Tea" });
        for (const room of ["constructor", "__proto__", "toString", "-", "0"]) {
          await joins(bob, room, 1);
          await joins(bob, room, 1);
          await says(bob, room, "Is this a room?");
          await bob.hears("message:new", { room });
          await bob.ask("room:leave", [{ room }], { ok: true, room });
        }
      },
    },
    {
      id: "joins-at-once",
      title: "Of 15 joins at the same moment, 10 are let in",
      kind: "stretch",
      hints: [
        "What happens in your server between counting the rooms and joining one more?",
        "While something is awaited, other calls go on. They count the same number.",
        "Await first, if you must. Then count and join without a pause in between.",
      ],
      mistakes: [
        {
          id: "counted-too-early",
          looksLike: ({ facts }) => (facts.times ?? 0) > MOST_ROOMS,
          hint: "More than ten were let in. They all counted at the same moment, and nobody had joined yet.",
        },
      ],
      check: async ({ client }) => {
        const alice = await client("Alice");
        const answers = await Promise.all(
          Array.from({ length: 15 }, (_, index) =>
            alice.ask("room:join", [{ room: `atonce${index + 1}` }], {
              ok: anything,
            }),
          ),
        );
        const joined = answers.filter(({ ok }) => ok === true).length;
        if (joined !== MOST_ROOMS)
          throw new Unmet("10 of 15 are let in", `${joined} were let in`, {
            times: joined,
          });
      },
    },
  ],
};

export default lesson;

const AGAIN = "joining again: ";
const OTHER_ROOM = "in the room that Bob is still in: ";
const TO_HERSELF = "to herself: ";
const GONE = "the id of one who has gone";
const EVES_ROOM = "Eve joins a room named by Bob's id: ";
const AFTERWARDS = "after Eve has left: ";
const WITHOUT_ACK = "without an acknowledgement: ";
const ONE_MORE = "one argument more";
const NOBODY = "Bob hears nothing of malformed calls";
const ONLY_CLEAN_LEAVES =
  "nobody heard it when Bob's line was cut; when Carol left it was heard";
const NO_ROOM_YET = "nobody has joined a room: ";
const TWO_ROOMS = "two rooms, with three members together: ";
const ALL_GONE = "all are gone: ";
const ONE_ROOM = "one of them is left: ";

const FORGED = { id: "forged", user: "admin", at: "2001-01-01T00:00:00.000Z" };

const aNameOfTheServer = new Kind<string>(
  "a name that the server knows",
  (value) => matches(aString, value) && value !== FORGED.user,
);

const OWN_EVENTS: ReadonlySet<string> = new Set([
  "room:joined",
  "room:left",
  "message:new",
  "dm:new",
]);

/** Each event with the fields of its payload. */
const FIELDS: Readonly<Record<string, readonly ("room" | "text" | "to")[]>> = {
  "room:join": ["room"],
  "room:leave": ["room"],
  "message:send": ["room", "text"],
  "dm:send": ["text", "to"],
};

/** A call in words, and its arguments without the acknowledgement. */
type Call = readonly [what: string, ...args: unknown[]];

const BAD_PAYLOADS: readonly Call[] = [
  ["no payload"],
  ["null", null],
  ["a number", 7],
  ["a text", "tea"],
  ["a list", ["tea"]],
  ["an empty object", {}],
];

const BAD_VALUES: Readonly<Record<string, readonly [string, unknown][]>> = {
  room: [
    ["room: a number", 7],
    ["room: null", null],
    ["room: true", true],
    ["room: a list", ["tea"]],
    ["room: an object", { room: "tea" }],
    ["no room", undefined],
    ["an empty name", ""],
    ["a name with a space", "two words"],
    ["a name with !", "tea!"],
    ["a name with another letter", "Käse"],
    ["a name with a line break", "tea\n"],
    ["a name before a line", "tea\n<b>"],
    ["33 characters", "x".repeat(33)],
  ],
  text: [
    ["text: a number", 7],
    ["text: a list", ["hello"]],
    ["text: an object", { trim: 1 }],
    ["no text", undefined],
    // What lesson 05 refuses.
    ["an empty text", ""],
    ["space and nothing else", " \n\t "],
    ["501 characters", "x".repeat(501)],
  ],
  to: [
    ["to: a number", 7],
    ["to: null", null],
    ["to: a list", ["nobody"]],
    ["to: an object", { id: "nobody" }],
    ["no to", undefined],
  ],
};

/** In words, and the text. */
const TEXTS_AT_THE_LIMITS: readonly (readonly [string, string])[] = [
  ["a text of 1 character", "x"],
  ["a text of 500 characters", "x".repeat(500)],
];

/** Calls that are good but for one field. */
function badFields(good: object, field: string): Call[] {
  const values = BAD_VALUES[field] ?? [];
  return values.map(([what, value]) => [what, { ...good, [field]: value }]);
}

function refusal(code: string) {
  return { ok: false, error: { code, message: aString } };
}

/** Alice, and Bob, Carol and Dave, in the order in which the others are asked for. */
function fourClients({ connect }: World) {
  return connect("Alice", "Bob", "Carol", "Dave");
}

/** The client joins, and the answer says how many are in the room then. */
async function joins(
  client: Client,
  room: string,
  members: Shape = aNumber,
): Promise<void> {
  await client.ask("room:join", [{ room }], { ok: true, room, members });
}

async function says(client: Client, room: string, text: string): Promise<void> {
  await client.ask("message:send", [{ room, text }], SENT);
}

/** The call is answered BAD_REQUEST. */
function refuses(
  client: Client,
  event: string,
  args: readonly unknown[],
  what: string,
): Promise<unknown> {
  return inWords(`${what}: `, client.ask(event, args, REFUSED));
}

/**
 * The name that the server gives a client: a guest's, unless the client brought a token, which then
 * says who it is.
 */
function nameOf({ id, socket }: Client): Shape {
  return Object.keys(socket.auth ?? {}).length > 0
    ? aNameOfTheServer
    : `guest-${id.slice(0, 4)}`;
}

/** Whether one of these calls was taken. */
function taken(...calls: string[]) {
  return ({ expected, facts }: Failure) =>
    matches({ ok: true }, facts.value) &&
    calls.some((what) => expected.startsWith(what));
}

/** The number of members in an answer, or in an expectation. */
function membersIn(value: unknown): number {
  if (typeof value === "string")
    return Number(/members: (\d+)/.exec(value)?.[1]);
  return matches({ members: aNumber }, value) ? value.members : Number.NaN;
}

function roomsIn(value: unknown): number {
  if (typeof value === "string") return Number(/rooms: (\d+)/.exec(value)?.[1]);
  return matches({ rooms: aNumber }, value) ? value.rooms : Number.NaN;
}

function textOf(value: unknown): string {
  return matches({ text: aString }, value) ? value.text : "";
}

/**
 * Waits until each client has heard, within a second, that this user has left these rooms, once each,
 * and nothing else of the kind.
 */
async function areTold(
  { settle, within }: World,
  user: Shape,
  expected: readonly (readonly [Client, readonly string[]])[],
): Promise<void> {
  const shape = { room: aString, user };
  const before = expected.map(([client]) => leftOf(client).length);
  const arrivals = Promise.all(
    expected.flatMap(([client, rooms]) =>
      rooms.map(() => client.hears("room:left", shape, 1_000 + PATIENCE)),
    ),
  );
  let delay: Unmet | null = null;
  try {
    await within(1_000, "room:left comes", arrivals);
  } catch (error) {
    if (!(error instanceof Unmet)) throw error;
    delay = error;
  }
  await settle();
  const heard = expected.map(([client, rooms], index) => ({
    client,
    rooms,
    news: leftOf(client).slice(before[index]),
  }));
  const isRight = heard.every(
    ({ rooms, news }) =>
      news
        .map(({ room }) => room)
        .toSorted()
        .join() === rooms.join(),
  );
  if (isRight && delay === null) return;
  const ears = heard.filter(({ news }) => news.length > 0);
  // It came, but late.
  if (isRight && delay !== null) throw delay;
  throw new Unmet(
    list(
      heard.map(({ client, rooms }) =>
        rooms.length === 0
          ? `${client.name} hears no room:left`
          : `${client.name} hears room:left of ${rooms.join(" and ")}`,
      ),
    ),
    ears.length === 0
      ? "nobody heard it"
      : list(
          ears.map(
            ({ client, news }) =>
              `${client.name} heard ${news.length === 1 ? "once" : `${news.length} times`}: ${news.map(({ shown }) => shown).join(", ")}`,
          ),
        ),
    {
      heardBy: ears.map(({ client }) => client.name),
      times: Math.max(0, ...ears.map(({ news }) => mostOften(news))),
    },
  );
}

/** Leaves out of the count what came of this event before. */
async function notCounted(world: World, event: string): Promise<void> {
  await world.audience(event, [], {}).catch((error) => {
    if (!(error instanceof Unmet)) throw error;
  });
}

/** What a client has heard of those who left, with the room's name. */
function leftOf(client: Client): { room: string; shown: string }[] {
  return client.heard("room:left").map(({ args: [payload] }) => ({
    room: matches({ room: aString }, payload) ? payload.room : "",
    shown: show(payload),
  }));
}

/** How often the same room was told. */
function mostOften(news: readonly { room: string }[]): number {
  return Math.max(
    ...news.map(
      ({ room }) => news.filter((other) => other.room === room).length,
    ),
  );
}

/** Asks /stats until it says so, as those who have gone may be counted for a moment still. */
function assertStats(
  world: World,
  what: string,
  stats: { online: number; rooms: number },
): Promise<void> {
  return patientlyTry(world.server, async () => {
    const answer = await world.request("/stats");
    const { status, json } = answer;
    if (status === 200 && matches(stats, json)) return;
    const expected = `${what}200 and ${describeShape(stats)}`;
    throw new Unmet(expected, showAnswer(answer), { status, value: json });
  });
}
