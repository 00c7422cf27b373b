import type { Mistake, Requirement } from "../kit/lesson.ts";

/**
 * A requirement of lesson 01 or 06, for a server in Python: the contract and what was seen are the same, and
 * the hints name other calls.
 */
export function inPython(requirement: Requirement): Requirement {
  return {
    ...requirement,
    hints: hints[requirement.id] ?? requirement.hints,
    mistakes: [
      handlerFailed,
      ...(requirement.mistakes ?? []).map((mistake) => ({
        ...mistake,
        hint: translated(mistake.hint),
      })),
    ],
  };
}

/** It comes before what a server in Node may do wrong: there a failed handler ends the server. */
const handlerFailed: Mistake = {
  id: "handler-failed",
  looksLike: ({ received, output }) =>
    received.startsWith("no acknowledgement") &&
    output.some((line) => /^\s*File ".+", line \d+/.test(line)),
  hint: "A handler failed, so nothing was returned: in Python the server goes on, and the client waits. The console has the traceback, and its last line says what was wrong.",
};

const translations = [
  [
    "With the flag m, ^ and $ are the ends of any line, and one line of it is fine.",
    "In Python a $ is also the place before a line break at the end.",
  ],
  [
    "Whom does emit on one socket reach?",
    "Whom does an emit reach that is not told where to?",
  ],
  ["io.emit", "an emit to everyone"],
  ["socket.leave does not complain", "leave_room does not complain"],
  ["io.to(…) takes lists of names", "The to of emit takes lists of names"],
  [
    "that depends on what you call emit on",
    "that depends on what else you tell emit",
  ],
  ["A socket has exactly one property of that name.", "request knows that id."],
  ["JSON makes {} of a Map or a Set", "JSON knows no set"],
] as const;

function translated(hint: string): string {
  return translations.reduce(
    (text, [here, there]) => text.replace(here, there),
    hint,
  );
}

const hints: Readonly<Record<string, Requirement["hints"]>> = {
  welcome: [
    "Look at the handler that runs when a client connects.",
    "In that handler request is about the one client that has come, and so is an emit that is told nothing else.",
    'emit("welcome", …) in the handler of "connect"; request.sid is the id of the client.',
  ],
  join: [
    "A room is a name that sockets can join and leave, here as in Node.",
    "What the handler returns is the acknowledgement. Those who were there before hear who has come.",
    "join_room(name) puts the client into a room, emit(event, payload, to=name, include_self=False) speaks to the others in it.",
  ],
  message: [
    "Who should hear what is said in a room? All who are in it, the sender too, and nobody else.",
    "In Flask-SocketIO an emit in a handler goes to the sender alone, unless it is told where else.",
    "emit(event, payload, to=name): everyone in the room hears it once.",
  ],
  leave: [
    "Being in a room is checked at each message, not only at the door.",
    "Who is in which room, your server has to know. Who leaves is told so, and those who stay are told too.",
    "leave_room(name) ends it. request.sid is the id of the client who has sent the event.",
  ],
  "direct-message": [
    "A direct message is for one socket. Whose id is in `to`?",
    "Is there a client of that id? If not, whoever sent it is to be told: a room's name, say, is no client's id.",
    "A dict of those who are connected, by request.sid, answers that. emit(…, to=sid) reaches one.",
  ],
  spy: [
    "Eve joins a room whose name is Bob's id. Which room is she in then?",
    "It is the same in Python: every client is in a room of its own from the start, named by its id.",
    "Put something in front of each name that a client chooses, before it goes to join_room or to.",
  ],
  malformed: [
    "A client chooses how many arguments it sends, and of which kind. What does your function take?",
    "A function that takes one argument and gets none or two fails before its first line. *args takes whatever comes.",
    "isinstance(payload, dict) first, then isinstance(room, str). re.fullmatch looks at a text as a whole; a $ lets a line break through.",
  ],
  gone: [
    "Most clients go without a word. Which event tells the server?",
    "disconnect comes once for each client. What you have written down of it says in which rooms it was.",
    'In the handler of "disconnect" request.sid is still the one that has gone, and emit(…, to=name) reaches those who stay.',
  ],
  "ten-rooms": [
    "Each room takes memory. What keeps one client from making a million of them?",
    "Count the rooms that this client has joined, before you let it into another one.",
    "A set for each request.sid knows how many, and knows what is in it already.",
  ],
  stats: [
    "This is a route of your Flask app, like /health.",
    "Only rooms that clients have joined count, and only while somebody is in them.",
    "What a view function returns as a dict becomes JSON. len() of a set is a number.",
  ],
  "odd-names": [
    "Which names can a room have that mean something to your server?",
    "A name is to be kept as it was sent.",
    "A dict in Python has no entries but its own. lower() makes two names one.",
  ],
  "joins-at-once": [
    "What happens in your server between counting the rooms and joining one more?",
    "Several threads run your handlers. Between two lines of one, another can come in.",
    "A threading.Lock, held with `with`, keeps the others out while you count and join.",
  ],
};
