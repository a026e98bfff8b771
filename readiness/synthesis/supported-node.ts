// Loaded before all else, by fast-paths/launcher.cjs: an old Node must read this sentence and not the syntax error of a dependency.

/** The message for a Node that is too old (below 20.19), or undefined. */
export function unsupportedNode(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return undefined;
  return `plimsoll needs Node 20.19 or newer, found ${version}: install a supported version (https://nodejs.org).`;
}

const message = unsupportedNode(process.versions.node);
if (message !== undefined) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
