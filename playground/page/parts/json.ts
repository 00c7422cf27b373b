/** Indented JSON as one line. JSON has line breaks nowhere but between values. */
export function compactJson(indented: string): string {
  return indented
    .replace(/,\n\s*/g, ", ")
    .replace(/([[{])\n\s*/g, (_, bracket: string) =>
      bracket === "{" ? "{ " : "[",
    )
    .replace(/\n\s*([\]}])/g, (_, bracket: string) =>
      bracket === "}" ? " }" : "]",
    )
    .replace(/\n\s*/g, " ");
}
