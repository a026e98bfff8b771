import type { Application } from "../config/application/schema";
import type { Environment } from "../config/environment";
import { proceduresOf } from "./procedures/procedures";

/** Page of all procedures with an index. */
export function proceduresPage(environment: Environment, applications: readonly Application[]): string {
  const procedures = proceduresOf(environment, applications);
  return [
    "# Procedures",
    "",
    `Procedures for operations of ${environment.name} that no alert describes. Names in the commands are those of the synthesised`,
    "resources; a test compares them. This page is written by `make docs`.",
    "",
    ...procedures.map(({ id, title, when }) => `- [${title}](#${id}): ${when}`),
    "",
    ...procedures.flatMap(({ id, title, when, steps, done }) => [
      `<a id="${id}"></a>`,
      "",
      `## ${title}`,
      "",
      `**When:** ${when}`,
      "",
      ...steps.flatMap(({ text, commands = [] }, index) => [
        `${index + 1}. ${text}`,
        ...(commands.length > 0
          ? ["", "   ```console", ...commands.map((command) => `   $ ${command}`), "   ```"]
          : []),
        "",
      ]),
      `**Done when:** ${done}`,
      "",
    ]),
  ]
    .join("\n")
    .trimEnd()
    .concat("\n");
}
