import { existsSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import type TypeScript from "typescript";
import { typescript } from "./typescript";

/** A place in the source, for a person and for an editor. */
export interface Location {
  /** Relative to the project, with `/`. */
  readonly file: string;
  readonly line: number;
}

/** An expression with the file it stands in. */
interface Place {
  readonly file: string;
  readonly source: TypeScript.SourceFile;
  readonly node: TypeScript.Node;
  /** What the line is taken from: the property, so that a long value is found by its name. */
  readonly anchor: TypeScript.Node;
}

/** References are followed this often: beyond it lies a circle. */
const longestChain = 20;

/**
 * Line of the value at `path` in the literal that `file` exports: of the longest part of the path that is written there,
 * or nothing where that has fewer than so many steps.
 */
export function lineOfPath(root: string, file: string, path: string, { steps: least = 0 } = {}): Location | undefined {
  const steps = path.split(".").filter((step) => step !== "");
  const exported = steps.length === 0 ? lineOfExport(posix.join(root, file)) : undefined;
  if (exported !== undefined) return { file, line: exported };
  const reader = new LiteralReader(root);
  let best: { place: Place; depth: number } | undefined;
  for (const start of reader.exportsOf(file)) {
    const found = reader.descend(start, steps);
    if (!best || found.depth > best.depth) best = found;
  }
  if (!best || best.depth < least) return undefined;
  const opening = best.depth === 0 ? lineOfExport(posix.join(root, file)) : undefined;
  if (opening !== undefined) return { file, line: opening };
  const { source, anchor, file: where } = best.place;
  return { file: where, line: source.getLineAndCharacterOfPosition(anchor.getStart(source)).line + 1 };
}

/** A literal as a whole begins with its export, of several with the call that declares it: found without the compiler. */
function lineOfExport(path: string): number | undefined {
  if (!/\.ts$/.test(path) || !existsSync(path)) return undefined;
  const lines = readFileSync(path, "utf8").split("\n");
  const call = lines.findIndex((text) => /^export (default|const [^=]+=) \w+[<(]/.test(text));
  const line = call === -1 ? lines.findIndex((text) => /^export (default|const) /.test(text)) : call;
  return line === -1 ? undefined : line + 1;
}

class LiteralReader {
  private readonly ts = typescript();
  private readonly files = new Map<string, TypeScript.SourceFile | undefined>();

  constructor(private readonly root: string) {}

  exportsOf(file: string): Place[] {
    const { ts } = this;
    const source = this.read(file);
    return (source?.statements ?? []).flatMap((statement): Place[] => {
      if (!source) return [];
      // A JSON file is one expression.
      if (file.endsWith(".json") && ts.isExpressionStatement(statement))
        return [{ file, source, node: statement.expression, anchor: statement }];
      if (ts.isExportAssignment(statement)) return [{ file, source, node: statement.expression, anchor: statement }];
      if (
        !ts.isVariableStatement(statement) ||
        !statement.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword)
      )
        return [];
      return statement.declarationList.declarations.flatMap((declared) =>
        declared.initializer ? [{ file, source, node: declared.initializer, anchor: declared }] : [],
      );
    });
  }

  descend(start: Place, steps: readonly string[]): { place: Place; depth: number } {
    let place = start;
    for (let depth = 0; depth < steps.length;) {
      const layers = this.layersOf(place);
      if (layers.length > 1) return this.descendLayers(layers, steps, depth);
      const next = this.step(this.value(place, longestChain), steps, depth);
      if (!next) return { place, depth };
      place = next.place;
      depth = next.depth;
    }
    const value = this.value(place, longestChain);
    return { place: value.file === place.file ? place : value, depth: steps.length };
  }

  /** The value of the layer that wins: of those that say most of the path, the last. */
  private descendLayers(
    layers: readonly Place[],
    steps: readonly string[],
    depth: number,
  ): { place: Place; depth: number } {
    const found = layers.map((layer) => this.descend(layer, steps.slice(depth)));
    const best = found.reduce((before, next) => (next.depth >= before.depth ? next : before));
    return { place: best.place, depth: depth + best.depth };
  }

  /** The objects that a call merges, such as `layered(defaults, { … })`; of any other expression none. */
  private layersOf(place: Place): readonly Place[] {
    const { ts } = this;
    if (!ts.isCallExpression(place.node)) return [];
    return place.node.arguments
      .map((argument) => ({ ...place, node: argument }))
      .filter((argument) => ts.isObjectLiteralExpression(this.value(argument, longestChain).node));
  }

  /** The literal behind references, casts and the calls that wrap it, such as `application({ … })`. */
  private value(place: Place, chain: number): Place {
    const { ts } = this;
    const { node } = place;
    if (chain === 0) return place;
    if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node))
      return this.value({ ...place, node: node.expression }, chain - 1);
    if (ts.isCallExpression(node)) {
      const made = this.madeBy(place, node);
      const argument = node.arguments.find((candidate) => ts.isObjectLiteralExpression(candidate)) ?? node.arguments[0];
      const behind = made ?? argument;
      return behind ? this.value({ ...place, node: behind }, chain - 1) : place;
    }
    if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) return this.value({ ...place, node: node.body }, chain - 1);
    if (ts.isIdentifier(node)) {
      const declared = this.declarationOf(place, node.text);
      return declared ? this.value(declared, chain - 1) : place;
    }
    if (ts.isPropertyAccessExpression(node)) {
      const owner = this.value({ ...place, node: node.expression }, chain - 1);
      const found = this.step(owner, [node.name.text], 0);
      return found ? this.value(found.place, chain - 1) : place;
    }
    return place;
  }

  /** The literal that a function of the same file returns, for a call of it: `values: (settings) => ({ a: a(settings) })`. */
  private madeBy({ source }: Place, { expression }: TypeScript.CallExpression): TypeScript.Expression | undefined {
    const { ts } = this;
    if (!ts.isIdentifier(expression)) return undefined;
    const called = source.statements
      .filter((statement) => ts.isFunctionDeclaration(statement))
      .find(({ name }) => name?.text === expression.text);
    const returned = called?.body?.statements.findLast((statement) => ts.isReturnStatement(statement))?.expression;
    return returned && ts.isObjectLiteralExpression(returned) ? returned : undefined;
  }

  /** One step into a literal; a key with dots in it takes several of the steps at once. */
  private step(place: Place, steps: readonly string[], depth: number): { place: Place; depth: number } | undefined {
    const { ts } = this;
    const { node } = place;
    if (ts.isArrayLiteralExpression(node)) {
      const item = /^\d+$/.test(steps[depth] ?? "") ? node.elements[Number(steps[depth])] : undefined;
      return item && { place: { ...place, node: item, anchor: item }, depth: depth + 1 };
    }
    if (!ts.isObjectLiteralExpression(node)) return undefined;
    for (let end = depth + 1; end <= steps.length; end += 1) {
      const key = steps.slice(depth, end).join(".");
      const found = this.property(place, node, key);
      if (found) return { place: found, depth: end };
    }
    return undefined;
  }

  private property(place: Place, literal: TypeScript.ObjectLiteralExpression, key: string): Place | undefined {
    const { ts } = this;
    for (const property of [...literal.properties].reverse()) {
      if (ts.isSpreadAssignment(property)) {
        const spread = this.value({ ...place, node: property.expression }, longestChain);
        const found = ts.isObjectLiteralExpression(spread.node) ? this.property(spread, spread.node, key) : undefined;
        if (found) return found;
      } else if (property.name && this.nameOf(property.name) === key) {
        if (ts.isPropertyAssignment(property)) return { ...place, node: property.initializer, anchor: property };
        if (ts.isShorthandPropertyAssignment(property)) return { ...place, node: property.name, anchor: property };
      }
    }
    return undefined;
  }

  private nameOf(name: TypeScript.PropertyName): string | undefined {
    return this.ts.isIdentifier(name) || this.ts.isStringLiteral(name) || this.ts.isNumericLiteral(name)
      ? name.text
      : undefined;
  }

  private declarationOf(place: Place, name: string): Place | undefined {
    const { ts } = this;
    for (const statement of place.source.statements) {
      if (ts.isVariableStatement(statement))
        for (const declared of statement.declarationList.declarations)
          if (ts.isIdentifier(declared.name) && declared.name.text === name && declared.initializer)
            return { ...place, node: declared.initializer, anchor: declared };
      if (ts.isImportDeclaration(statement) && ts.isStringLiteral(statement.moduleSpecifier)) {
        const bindings = statement.importClause?.namedBindings;
        const imported =
          bindings && ts.isNamedImports(bindings)
            ? bindings.elements.find((element) => element.name.text === name)
            : undefined;
        const module = statement.moduleSpecifier.text;
        if (!imported || !module.startsWith(".")) continue;
        const file = posix.join(posix.dirname(place.file), `${module}.ts`);
        return this.exportsOf(file).find(
          ({ anchor }) =>
            ts.isVariableDeclaration(anchor) &&
            ts.isIdentifier(anchor.name) &&
            anchor.name.text === (imported.propertyName ?? imported.name).text,
        );
      }
    }
    return undefined;
  }

  private read(file: string): TypeScript.SourceFile | undefined {
    if (!this.files.has(file)) {
      const path = posix.join(this.root, file);
      this.files.set(
        file,
        existsSync(path)
          ? this.ts.createSourceFile(file, readFileSync(path, "utf8"), this.ts.ScriptTarget.ES2022, true)
          : undefined,
      );
    }
    return this.files.get(file);
  }
}
