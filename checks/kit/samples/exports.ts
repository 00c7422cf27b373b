// A module whose functions can be called.
export const sum = (a: number, b: number) => a + b;

export const later = async (value: unknown) => value;

export async function rejects() {
  throw Object.assign(new Error("no tea"), { code: "ENOTEA" });
}

export function throws() {
  throw "tea";
}

export const never = () => new Promise(() => {});

export const stops = () => process.exit(4);

export const startsTimer = () => setInterval(() => {}, 1_000) && "started";
