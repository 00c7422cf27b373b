/** npm itself, run by Node: so it is found on Windows too, without a shell. */
export function npm(...words: string[]): [string, ...string[]] {
  const path = process.env.npm_execpath;
  return path === undefined
    ? ["npm", ...words]
    : [process.execPath, path, ...words];
}
