import { applicationShape } from "../config/application/schema";
import { commentsOf } from "./field-comments";
import { markdownTable } from "./markdown";
import { type Field, fieldsOf } from "./schema-fields";

/** Tables of everything that an application file may say: the settings of the application itself, then one for each that has settings below it. */
export function applicationFields(root: string): string {
  const comments = commentsOf(root, "config/application/schema.ts", "applicationShape");
  // The functions that make components and jobs set their kind.
  const fields = fieldsOf(applicationShape).filter(({ path }) => !path.endsWith(".kind"));
  const groups = [...new Set(fields.map(groupOf))];
  const own = fields.filter((field) => field.path === groupOf(field));
  return [
    ...table(own, comments, ""),
    ...groups.flatMap((group) => {
      const below = fields.filter((field) => groupOf(field) === group && field.path !== group);
      return below.length === 0 ? [] : ["", `#### \`${group}\``, "", ...table(below, comments, group)];
    }),
  ].join("\n");
}

const groupOf = ({ path }: Field): string => /^\w+/.exec(path)?.[0] ?? path;

function table(fields: readonly Field[], comments: ReadonlyMap<string, string>, group: string): string[] {
  return markdownTable(
    ["setting", "", "what is allowed", "what it means"],
    fields.map((field) => [
      `\`${field.path.slice(group.length).replace(/^\./, "")}\``,
      neededBy(field),
      field.allowed,
      [comments.get(field.path), field.because]
        .filter((said) => said !== undefined && said !== "")
        .map(sentence)
        .join(" "),
    ]),
  );
}

/** Who has the setting, and who must. */
function neededBy({ required, kinds }: Field): string {
  const words =
    typeof required === "string"
      ? required
      : Array.isArray(required)
        ? `required for ${required.join(", ")}`
        : required
          ? "required"
          : "";
  return [words, ...kinds].filter((word) => word !== "").join(", ");
}

/** Comments end their sentences, reasons do not. */
const sentence = (said: string | undefined): string =>
  said === undefined
    ? ""
    : `${said.charAt(0).toUpperCase()}${said.slice(1)}${/[.:]$/.test(said) ? "" : "."}`.replaceAll(
        "@default",
        "Default:",
      );
