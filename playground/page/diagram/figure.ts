/**
 * A sequence diagram as data: who takes part, and what happens from top to bottom. The wire, the
 * picture of a failed check and the diagrams of the lessons are all drawn from it.
 */
export interface Figure {
  lanes: readonly Lane[];
  steps: readonly Step[];
}

export interface Lane {
  id: string;
  label: string;
  /** Which of the colours it is drawn in. */
  tone: Tone;
}

export type Tone =
  | "plain"
  | "server"
  | "console"
  | "database"
  | "client-1"
  | "client-2"
  | "client-3"
  | "client-4";

export type Step =
  | Message
  | Note
  /** A line across all lanes, with a word in it. */
  | { kind: "rule"; text: string; mood: Mood }
  /** A frame around the steps up to its end, such as `par` in Mermaid. */
  | { kind: "begin"; word: string; text: string }
  | { kind: "branch"; text: string }
  | { kind: "end" };

export interface Message {
  kind: "message";
  /** Ids of lanes; the same twice for what somebody does alone. */
  from: string;
  to: string;
  text: string;
  /** What comes after the text, less loud: a payload, a duration. */
  more?: string;
  /** Answers are drawn with a dashed line. */
  answer: boolean;
  /** It is on its way and never arrives. */
  lost?: boolean;
  mood: Mood;
}

export interface Note {
  kind: "note";
  /** It stands over all lanes from the first to the last of these. */
  over: readonly string[];
  text: string;
  look: "note" | "state" | "console";
  mood: Mood;
}

export type Mood = "calm" | "good" | "bad" | "quiet";
