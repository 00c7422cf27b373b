/**
 * The JSON texts in what a person typed: each line is one, and a value may go on over several lines.
 * Where a mistake is, the lines stay together, so that the playground can say what is wrong.
 */
export function argumentsIn(typed: string): string[] {
  const found: string[] = [];
  let open = "";
  for (const line of typed.split("\n")) {
    if (open === "" && line.trim() === "") continue;
    open = open === "" ? line : `${open}\n${line}`;
    if (isJson(open)) {
      found.push(open.trim());
      open = "";
    }
  }
  return open.trim() === "" ? found : [...found, open.trim()];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
