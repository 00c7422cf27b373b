import type { Mistake } from "../kit/lesson.ts";
import { type Shape, aString, matches } from "../kit/shape.ts";
import { NOT_REFUSED, NULL, OTHER_ORDER } from "./unique-index.ts";

/** What people get wrong in lesson 11, by requirement, and the words that the check says it in. */

export const TOLD = "message:new";
export const STORED = "stored in messages: ";
export const IN_HISTORY = "history:get ";
export const AGAIN = "the same once more: ";
export const FIRST = "the first one is no duplicate";

export const PLAIN = "two messages without a clientId: ";
export const OTHER_ID = "the same text with another clientId: ";
export const OTHER_USER = "the same clientId from another user: ";
export const OTHER_ROOM = "the same clientId in another room: ";
export const OTHER_TEXT = "another text with the same clientId: ";
export const OTHER_TAB = "the same clientId from the user's other tab: ";

export const AT_ONCE = "two at the same moment: ";
export const ANEW = "sent to a server that was started anew: ";
export const TWO_SERVERS = "to two servers at the same moment: ";
export const IN_ORDER = "Bob hears the messages in the order sent";
export const BY_NUMBER = "their seq go up in the order sent";
export const BEHIND =
  "Bob hears a message after the one that was being stored when it came";
export const AFTERWARDS = "after that: ";
export const AFTER_THE_CUT = "sent again after the cut: ";

const refused = was({ ok: false });
const taken = was({ ok: true });

function was(shape: Shape): Mistake["looksLike"] {
  return ({ facts }) => matches(shape, facts.value);
}

function about(words: string): Mistake["looksLike"] {
  return ({ expected }) => expected.startsWith(words);
}

/** All of these. */
function both(...looks: Mistake["looksLike"][]): Mistake["looksLike"] {
  return (failure) => looks.every((look) => look(failure));
}

const unanswered: Mistake["looksLike"] = ({ received }) =>
  received.startsWith("no acknowledgement");

const toldTwice: Mistake["looksLike"] = ({ facts }) =>
  facts.heardBy !== undefined && (facts.times ?? 0) > 1;

const toldAtAll: Mistake["looksLike"] = ({ facts }) =>
  (facts.heardBy ?? []).length > 0;

const storedTwice: Mistake["looksLike"] = (failure) =>
  about(STORED)(failure) && (failure.facts.times ?? 0) > 1;

/** In any requirement. */
export const anywhere: readonly Mistake[] = [
  {
    id: "M16",
    looksLike: ({ fault, received, output }) =>
      fault !== null &&
      /E11000|duplicate key/.test([received, ...output].join()),
    hint: "The database refused a message that it has already, as the index says. Nobody caught that error, and it ended your server for everyone.",
  },
  {
    id: "M17",
    looksLike: ({ fault, received }) =>
      fault !== null && /TypeError|Cannot /.test(received),
    hint: "A payload that was not as your types say has ended the server. What comes as clientId is the client's choice.",
  },
];

export const clientId: readonly Mistake[] = [
  {
    id: "none-or-odd",
    looksLike: both(about("clientId: ''"), taken),
    hint: "An empty clientId was taken for none. A client that sends the field means something by it: two messages with an empty one would not be told apart from a message sent twice.",
  },
  {
    id: "none-or-odd",
    looksLike: both(about("clientId: null"), taken),
    hint: "clientId: null was taken for none. Only a field that is not there means none. A look for “nothing” with ! or ?? finds more than that.",
  },
  {
    id: "not-the-whole",
    looksLike: both(
      ({ expected }) => /^clientId: (two words|.*(line|before))/.test(expected),
      taken,
    ),
    hint: "A clientId was taken that has other characters in it, before or after allowed ones. Does your pattern look at the whole text, or is it glad to find a part that fits?",
  },
  {
    id: "operator-taken",
    looksLike: both(about("clientId: an object"), taken),
    hint: "An object was taken for a clientId. In a query to the database an object is an order, such as “any that is greater”. Look at the type first.",
  },
  {
    id: "made-a-text",
    looksLike: both(about("clientId: "), taken, ({ expected }) =>
      /number|list|true/.test(expected),
    ),
    hint: "Something was taken for a clientId that is no text. A pattern makes a text of whatever it is given, and then it may fit.",
  },
  {
    id: "any-length",
    looksLike: both(about("clientId: "), taken, ({ expected }) =>
      /characters/.test(expected),
    ),
    hint: "A clientId was taken that is too short or too long. Short ones meet by chance, and long ones fill your index.",
  },
  {
    id: "other-code",
    looksLike: both(about("clientId: "), refused),
    hint: "A malformed clientId was refused, with another code than the contract's. It is the payload that is wrong, and that is looked at before anything else, membership too.",
  },
  {
    id: "good-one-refused",
    looksLike: refused,
    hint: "A clientId that is allowed was refused. 8 and 64 characters are both allowed, and so are - and _.",
  },
  {
    id: "not-told",
    looksLike: both(
      ({ expected }) => expected.includes(TOLD),
      was({ text: aString }),
    ),
    hint: "The message came, without the clientId that it was sent with. The client that sent it shows it already: by its clientId it knows that this is the same one.",
  },
  {
    id: "not-stored",
    looksLike: about(STORED),
    hint: "The room heard the clientId, and the database did not. What is not stored with the message is forgotten with the next restart.",
  },
  {
    id: "not-in-history",
    looksLike: about(IN_HISTORY),
    hint: "The clientId is stored, and the history leaves it out. A message has one form on the wire, whichever way it comes.",
  },
  {
    id: "M14",
    looksLike: unanswered,
    hint: "A message was not answered. Does every way through your handler end in an acknowledgement? And if each message waits for the one before it: what becomes of those behind one that is refused?",
  },
];

export const twice: readonly Mistake[] = [
  {
    id: "M14",
    looksLike: unanswered,
    hint: "The second time was not answered. A client that hears nothing sends again, and again.",
  },
  {
    id: "first-is-duplicate",
    looksLike: ({ expected }) => expected === FIRST,
    hint: "The first time was answered with duplicate: true. How does your server tell that a message was there before?",
  },
  {
    id: "M40",
    looksLike: both(about(AGAIN), refused),
    hint: "The second time was answered with an error. To the client that means: it did not work, try again. But it did work, the first time; and that is all it wants to know.",
  },
  {
    id: "other-answer",
    looksLike: both(about(AGAIN), was({ duplicate: true })),
    hint: "The second time was known as a duplicate, and its id or seq is not that of the first. The answer is about the message that is stored; a number that was drawn for the second attempt belongs to nothing.",
  },
  {
    id: "not-marked",
    looksLike: both(
      about(AGAIN),
      ({ expected, facts: { value } }) =>
        matches({ ok: true, id: aString }, value) &&
        expected.includes(value.id),
    ),
    hint: "The second time was answered like the first, as it should be, but for one thing: the client is not told that it was a duplicate.",
  },
  {
    id: "taken-as-new",
    looksLike: both(about(AGAIN), taken),
    hint: "The second time was taken as a new message. What do the two have in common that nobody else's message has?",
  },
  {
    id: "told-again",
    looksLike: toldAtAll,
    hint: "The second time was answered rightly, and the room was told once more. Everyone else has the message already. Which lines of your handler are for new messages only?",
  },
  {
    id: "stored-twice",
    looksLike: storedTwice,
    hint: "The answers are right, and the message is stored twice: whoever asks for the history sees it twice.",
  },
];

export const same: readonly Mistake[] = [
  {
    id: "M38",
    looksLike: about(PLAIN),
    hint: "Two messages came without a clientId, and the second was taken for the first, or refused. Ask what a unique index, or a query, makes of a field that is not there: to it, nothing and nothing are the same.",
  },
  {
    id: "by-text",
    looksLike: about(OTHER_ID),
    hint: "The same text came with another clientId, and was taken for a duplicate. People do say “yes” twice. What a message says does not tell whether it is the same one.",
  },
  {
    id: "user-not-looked-at",
    looksLike: about(OTHER_USER),
    hint: "Bob used a clientId that Alice had used too. His message was taken for hers, and is lost. Clients make these ids up: nobody keeps two users from making the same.",
  },
  {
    id: "room-not-looked-at",
    looksLike: about(OTHER_ROOM),
    hint: "Alice used a clientId in one room, and then in another one. Her second message is lost. What belongs together to make a message the same?",
  },
  {
    id: "text-looked-at",
    looksLike: both(about(OTHER_TEXT), taken),
    hint: "A clientId that is known came with another text, and was taken as a new message. The id alone says that it is the same one; the first of it stands.",
  },
  {
    id: "written-over",
    looksLike: about(STORED),
    hint: "A clientId that is known came with another text, and the message in the database changed. Others have read the first one. What is stored stays as it is.",
  },
  {
    id: "by-socket",
    looksLike: about(OTHER_TAB),
    hint: "The message came again from another socket of the same user, and was taken as a new one. After a lost line a client comes back as another socket: what stays the same is its user.",
  },
];

export const atOnce: readonly Mistake[] = [
  {
    id: "refused-at-once",
    looksLike: both(about(AT_ONCE), refused),
    hint: "Both came at the same moment, and one was answered with an error. Both had looked before either was stored, and found nothing. Then the database said no to one of them: it was the only one that could know.",
  },
  {
    id: "M39",
    looksLike: about(AT_ONCE),
    hint: "Both came at the same moment, and both were taken as new. Your server looks first and stores then, and between the two there is time: both looked before either had stored. Who can look and store in one step?",
  },
  {
    id: "told-twice",
    looksLike: toldTwice,
    hint: "Both came at the same moment, and it is stored once, but the room heard it twice. Only the one that stored it has something to tell.",
  },
];

export const another: readonly Mistake[] = [
  {
    id: "in-memory",
    looksLike: both(about(ANEW), taken),
    hint: "The server was started anew, and the message it knew was new to it. What a process remembers ends with it. Something else was there before it and stays.",
  },
  {
    id: "M40",
    looksLike: both(about(ANEW), refused),
    hint: "The server was started anew, and answered the second time with an error. The message is in the database: from there it can be answered as the first time.",
  },
  {
    id: "refused-at-once",
    looksLike: both(about(TWO_SERVERS), refused),
    hint: "Two servers got the same message at the same moment. One stored it, and the other answered with an error. It is no failure to be the second.",
  },
  {
    id: "M39",
    looksLike: about(TWO_SERVERS),
    hint: "Two servers got the same message at the same moment, and both took it as new. What one process keeps apart in its own memory, two do not. What do both of them share?",
  },
  {
    id: "told-again",
    looksLike: toldAtAll,
    hint: "The server was started anew and knew the message from the database, but told the room once more.",
  },
];

export const index: readonly Mistake[] = [
  {
    id: "index-too-narrow",
    looksLike: ({ expected, received }) =>
      expected.includes("key") &&
      /clientId/.test(received) &&
      received !== OTHER_ORDER,
    hint: "There is an index on clientId, and its key is not room, user and clientId. A key of fewer fields says that more messages are the same.",
  },
  {
    id: "other-order",
    looksLike: ({ received }) => received === OTHER_ORDER,
    hint: "There is an index on these fields, in another order. An index is sorted by its first field, then by its second; the contract names room, user, clientId.",
  },
  {
    id: "no-index",
    looksLike: ({ expected }) => expected.includes("key"),
    hint: "There is no index on room, user and clientId. As long as only your code looks for duplicates, the database would take any.",
  },
  {
    id: "not-unique",
    looksLike: ({ received }) => received === NOT_REFUSED,
    hint: "The index is there, and the database took the same message twice. An index helps to find things. Whether it also refuses what is there already has to be said.",
  },
  {
    id: "null-exists",
    looksLike: about(NULL),
    hint: "The index holds messages whose clientId is null, and drivers write null for what is undefined. It is to hold those whose clientId is a text: which condition says that, and not only that the field exists?",
  },
];

export const retries: readonly Mistake[] = [
  {
    id: "M40",
    looksLike: refused,
    hint: "The answer was late, so Alice's client sent again, and was told of an error. It shows “not sent” under a message that everyone reads.",
  },
  {
    id: "told-by-nobody",
    looksLike: ({ received }) => received === "nobody heard it",
    hint: "The answer was late, and so there were two attempts. One stored the message, the other found it there, and each left it to the other to tell the room. Whoever stores it tells it, however late that is.",
  },
];

export const order: readonly Mistake[] = [
  {
    id: "burst-refused",
    looksLike: refused,
    hint: "A malformed message was refused, as it should be, and then a good one was refused too. If each waits for the one before it, what becomes of those behind one that fails?",
  },
  {
    id: "M41",
    looksLike: ({ expected }) => expected === IN_ORDER,
    hint: "They arrived in order, and were told in another one: each handler begins at once, and awaits a database that is not equally quick each time. A message has to wait until the one before it has been told.",
  },
  {
    id: "turn-forgotten",
    looksLike: ({ expected }) => expected === BEHIND,
    hint: "Two messages came, one right behind the other. When the first was done, and the second was not, a third one came, and it did not wait. A message that is done is remembered no longer: was it still the last one, when your server forgot it?",
  },
  {
    id: "numbers-mixed",
    looksLike: ({ expected }) => expected === BY_NUMBER,
    hint: "They were told in order, but their numbers are not. Whoever reads the history later sees another order than those who were there. When is the number drawn: before its turn has come, or then?",
  },
];

export const unknownOutcome: readonly Mistake[] = [
  {
    id: "queue-stuck",
    looksLike: about(AFTERWARDS),
    hint: "One message failed because the line to the database was cut, and from then on none of this client gets through. A chain in which each waits for the one before must survive that one of them fails.",
  },
  {
    id: "M14",
    looksLike: unanswered,
    hint: "The line to the database was cut while a message was being stored, and it was never answered: not even that it failed.",
  },
];
