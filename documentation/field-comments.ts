import { existsSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import ts from "typescript";

/** An expression of a schema with the file it stands in. */
interface Written {
  readonly expression: ts.Expression;
  readonly source: ts.SourceFile;
}

interface Property extends Written {
  readonly comment: string;
}

/** Calls that leave the settings of what they are called on as they are. */
const transparent = new Set(["optional", "superRefine", "refine", "required", "min", "max"]);

/** What the comments beside the settings of a schema say, by the path of the setting; it is what an editor shows at hover. */
export function commentsOf(root: string, file: string, variable: string): ReadonlyMap<string, string> {
  const reader = new SchemaReader(root);
  const start = reader.variable(reader.read(file), variable);
  return start ? reader.comments(start, "") : new Map<string, string>();
}

class SchemaReader {
  private readonly files = new Map<string, ts.SourceFile>();

  constructor(private readonly root: string) {}

  comments(written: Written, path: string): Map<string, string> {
    const found = new Map<string, string>();
    for (const [name, property] of this.properties(written)) {
      const below = `${path}${path === "" || name === "[]" ? "" : "."}${name}`;
      if (property.comment !== "") found.set(below, property.comment);
      for (const [deeper, comment] of this.comments(property, below))
        if (!found.has(deeper)) found.set(deeper, comment);
    }
    return found;
  }

  /** Settings of the schema, through everything that wraps it. */
  private properties({ expression, source }: Written): [string, Property][] {
    if (ts.isIdentifier(expression)) {
      const declared = this.variable(source, expression.text);
      return declared ? this.properties(declared) : [];
    }
    if (ts.isObjectLiteralExpression(expression)) return this.literal(expression, source);
    if (!ts.isCallExpression(expression)) return [];
    const [first, second] = expression.arguments;
    const called = ts.isPropertyAccessExpression(expression.expression)
      ? expression.expression.name.text
      : expression.expression.getText(source);
    if (transparent.has(called) && ts.isPropertyAccessExpression(expression.expression))
      return this.properties({ expression: expression.expression.expression, source });
    if ((called === "settings" || called === "object") && first) return this.properties({ expression: first, source });
    if (called === "recordOf" && second) return [["<name>", { expression: second, source, comment: "" }]];
    if ((called === "listOf" || called === "array") && first)
      return [["[]", { expression: first, source, comment: "" }]];
    const options = [first, second].find((argument) => argument !== undefined && ts.isArrayLiteralExpression(argument));
    return options && ts.isArrayLiteralExpression(options)
      ? options.elements.flatMap((option) => this.properties({ expression: option, source }))
      : [];
  }

  private literal(literal: ts.ObjectLiteralExpression, source: ts.SourceFile): [string, Property][] {
    return literal.properties.flatMap((property): [string, Property][] => {
      if (ts.isSpreadAssignment(property)) return this.properties({ expression: property.expression, source });
      const value = ts.isPropertyAssignment(property)
        ? property.initializer
        : ts.isShorthandPropertyAssignment(property)
          ? property.name
          : undefined;
      return value && property.name
        ? [[property.name.getText(source), { expression: value, source, comment: commentBefore(property, source) }]]
        : [];
    });
  }

  variable(source: ts.SourceFile | undefined, name: string): Written | undefined {
    for (const statement of source?.statements ?? []) {
      if (ts.isVariableStatement(statement))
        for (const { name: declared, initializer } of statement.declarationList.declarations)
          if (source && ts.isIdentifier(declared) && declared.text === name && initializer)
            return { expression: initializer, source };
      if (
        source &&
        ts.isImportDeclaration(statement) &&
        ts.isStringLiteral(statement.moduleSpecifier) &&
        statement.moduleSpecifier.text.startsWith(".")
      ) {
        const bindings = statement.importClause?.namedBindings;
        const imported =
          bindings && ts.isNamedImports(bindings)
            ? bindings.elements.find((element) => element.name.text === name)
            : undefined;
        if (imported)
          return this.variable(
            this.read(posix.join(posix.dirname(source.fileName), `${statement.moduleSpecifier.text}.ts`)),
            (imported.propertyName ?? imported.name).text,
          );
      }
    }
    return undefined;
  }

  read(file: string): ts.SourceFile | undefined {
    const path = posix.join(this.root, file);
    if (!this.files.has(file) && existsSync(path))
      this.files.set(file, ts.createSourceFile(file, readFileSync(path, "utf8"), ts.ScriptTarget.ES2022, true));
    return this.files.get(file);
  }
}

/** Text of the `/** … *\/` before a property, on one line. */
function commentBefore(node: ts.Node, source: ts.SourceFile): string {
  const range = (ts.getLeadingCommentRanges(source.text, node.getFullStart()) ?? []).findLast(({ pos }) =>
    source.text.startsWith("/**", pos),
  );
  return range
    ? source.text
        .slice(range.pos + 3, range.end - 2)
        .replace(/\s*\n\s*\*?\s*/g, " ")
        .trim()
    : "";
}
