import { type Json, type JsonObject, arrayOf, flagOf, isObject, numberOf, textOf } from "./json";
import type { Unknown } from "./unknown";
import type { Subject } from "./subject";

/** An attribute of a resource that only exists once the resource is deployed. */
export interface Reference {
  readonly resource: Resource;
  readonly attribute: string;
}

export type Value<Type> =
  | { readonly kind: "known"; readonly value: Type }
  | { readonly kind: "reference"; readonly resource: Resource; readonly attribute: string }
  | { readonly kind: "unknown"; readonly reason: string }
  | { readonly kind: "absent" };

/** What an argument needs from the rest of the inventory to be understood. */
export interface Resolver {
  /** The value behind a text: literals as they are, references followed to the argument that sets them, across stacks. */
  resolve(stack: string, value: Json | undefined): Value<Json>;
  /** Text with every reference that can be followed replaced; the rest stays `${address.attribute}`. */
  expand(stack: string, text: string): string;
  /** Every resource attribute that the value mentions, at any depth, across stacks. */
  mentions(stack: string, value: Json | undefined): readonly Reference[];
}

/**
 * Arguments of a block by path (`vpc_config.subnet_ids`, `rule.0.priority`).
 *
 * A block written as an object and as a list of one object read the same. `text`, `number`, `flag` and `list` give
 * undefined (or nothing) where the value is absent or only known after deployment; `value` distinguishes the two.
 */
export class Block {
  /** As Terraform reads them. */
  readonly arguments: JsonObject;

  constructor(
    protected readonly resolver: Resolver,
    readonly stack: string,
    args: JsonObject,
    private readonly at = "",
    private readonly unknownsSink?: Unknown[],
  ) {
    this.arguments = args;
  }

  raw(path: string): Json | undefined {
    return path.split(".").reduce<Json | undefined>(descend, this.arguments);
  }

  has(path: string): boolean {
    const raw = this.raw(path);
    return raw !== undefined && raw !== null && !(Array.isArray(raw) && raw.length === 0);
  }

  value(path: string): Value<Json> {
    return this.resolver.resolve(this.stack, this.raw(path));
  }

  text(path: string): string | undefined {
    return this.known(path, textOf);
  }

  number(path: string): number | undefined {
    return this.known(path, numberOf);
  }

  flag(path: string): boolean | undefined {
    return this.known(path, flagOf);
  }

  /** Known elements; an element with a computed part is kept as text with `${address.attribute}` in it. */
  list(path: string): readonly string[] {
    const value = this.value(path);
    if (value.kind !== "known") {
      this.note(path, value);
      const raw = this.raw(path);
      return typeof raw === "string" ? [this.resolver.expand(this.stack, raw)] : [];
    }
    return arrayOf(value.value).flatMap((entry, index) => {
      this.note(`${path}.${index}`, this.resolver.resolve(this.stack, entry));
      return typeof entry === "string" ? [this.resolver.expand(this.stack, entry)] : (textOf(entry) ?? []);
    });
  }

  map(path: string): Readonly<Record<string, string>> {
    const raw = this.raw(path);
    if (!isObject(raw)) return {};
    return Object.fromEntries(
      Object.keys(raw).flatMap((key) => {
        const value = this.resolver.resolve(this.stack, raw[key]);
        const text = value.kind === "known" ? textOf(value.value) : undefined;
        if (text === undefined) this.note(`${path}.${key}`, value);
        return text === undefined ? [] : [[key, text]];
      }),
    );
  }

  /** Text as written, with references that can be followed replaced. Never undefined for a text that is there. */
  expanded(path: string): string | undefined {
    const raw = this.raw(path);
    return typeof raw === "string" ? this.resolver.expand(this.stack, raw) : textOf(raw);
  }

  block(path: string): Block | undefined {
    return this.blocks(path)[0];
  }

  blocks(path: string): readonly Block[] {
    return arrayOf(this.raw(path))
      .filter(isObject)
      .map(
        (entry, index) => new Block(this.resolver, this.stack, entry, `${this.at}${path}.${index}.`, this.unknownsSink),
      );
  }

  /** What a text of JSON holds, as the argument `value` of a block: references in it stay references. */
  parsed(path: string): Block | undefined {
    const raw = this.raw(path);
    try {
      return typeof raw === "string"
        ? new Block(this.resolver, this.stack, { value: JSON.parse(raw) as Json }, `${this.at}${path}.`)
        : undefined;
    } catch {
      return undefined;
    }
  }

  /** The first resource attribute that the value is made of. */
  reference(path: string): Reference | undefined {
    return this.references(path)[0];
  }

  references(path: string): readonly Reference[] {
    return this.resolver.mentions(this.stack, this.raw(path));
  }

  resource(path: string): Resource | undefined {
    return this.reference(path)?.resource;
  }

  resources(path: string): readonly Resource[] {
    return [...new Set(this.references(path).map((reference) => reference.resource))];
  }

  private known<Type>(path: string, read: (value: Json | undefined) => Type | undefined): Type | undefined {
    const value = this.value(path);
    if (value.kind === "known") return read(value.value);
    this.note(path, value);
    return undefined;
  }

  private note(path: string, value: Value<Json>): void {
    if (value.kind === "reference")
      this.unknownsSink?.push({
        path: this.at + path,
        reason: `${value.resource.address}.${value.attribute} is known after deployment`,
      });
    if (value.kind === "unknown") this.unknownsSink?.push({ path: this.at + path, reason: value.reason });
  }
}

/** A `resource` or `data` block. */
export class Resource extends Block implements Subject {
  readonly label: string;

  constructor(
    private readonly context: Resolver,
    stack: string,
    readonly mode: "resource" | "data" | "backend" | "provider",
    readonly type: string,
    readonly name: string,
    readonly address: string,
    readonly constructPath: string,
    /** AWS: of the provider that it uses. Kubernetes and Helm: of the stack's cluster. */
    readonly region: string | undefined,
    args: JsonObject,
  ) {
    super(context, stack, args);
    this.label = `${type} ${constructPath || address}`;
  }

  /** The same resource, with each value that is not known yet written into `unknowns` as it is read. */
  recorded(unknowns: Unknown[]): Block {
    return new Block(this.context, this.stack, this.arguments, "", unknowns);
  }

  get preventsDestroy(): boolean {
    return this.flag("lifecycle.prevent_destroy") === true;
  }

  get createsBeforeDestroying(): boolean {
    return this.flag("lifecycle.create_before_destroy") === true;
  }
}

function descend(value: Json | undefined, segment: string): Json | undefined {
  if (/^\d+$/.test(segment)) return arrayOf(value)[Number(segment)];
  const single = Array.isArray(value) && value.length === 1 ? (value as readonly Json[])[0] : value;
  return isObject(single) ? single[segment] : undefined;
}
