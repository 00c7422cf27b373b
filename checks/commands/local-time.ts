/** A moment in the time of this machine: `2026-11-23 05:33:10`. */
export function localTime(at: Date): string {
  const shifted = at.getTime() - at.getTimezoneOffset() * 60_000;
  return new Date(shifted).toISOString().slice(0, 19).replace("T", " ");
}

/** The same without the seconds. */
export function toTheMinute(at: Date): string {
  return localTime(at).slice(0, -":10".length);
}
