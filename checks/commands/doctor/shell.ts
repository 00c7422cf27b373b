/** How a variable is set in the shell that is usual on a system: PowerShell, or one like sh. */
export function setVariable(
  name: string,
  value: string,
  platform: NodeJS.Platform = process.platform,
): string {
  return platform === "win32"
    ? `$env:${name}='${value}'`
    : `export ${name}='${value}'`;
}

export function unsetVariables(
  names: readonly string[],
  platform: NodeJS.Platform = process.platform,
): string {
  return platform === "win32"
    ? `Remove-Item ${names.map((name) => `Env:${name}`).join(", ")}`
    : `unset ${names.join(" ")}`;
}
