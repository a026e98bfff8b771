/** Ways in which a run avoids work; each writes the same bytes as the long way. docs/adr/0009 has what each gains. */
export const fastPaths = {
  bundle: "the program and its packages are two scripts; without it, nine hundred files are opened",
  "code-cache": "V8 reads what it compiled in an earlier run of the bundle",
  "lean-synthesis": "resources are asked and resolved once",
  "token-traces": "tokens of cdktf take no stack trace",
  "interpreted-schemas": "schemas are read by their rules and not compiled",
} as const;

export type FastPath = keyof typeof fastPaths;

/** Variable that names the fast paths to do without, separated by commas. */
export const WITHOUT = "PLIMSOLL_WITHOUT";

const named = (text: string | undefined): string[] =>
  (text ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");

/** Names of {@link WITHOUT} that are no fast paths. */
export const unknownFastPaths = (text: string | undefined): string[] =>
  named(text).filter((name) => !(name in fastPaths));

/** Whether a run takes the fast path. */
export const takes = (path: FastPath): boolean => !named(process.env[WITHOUT]).includes(path);
