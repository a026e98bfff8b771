import { stackMetadataField } from "../../contract";
import { isUnresolvedToken, templateParts, traversalOf } from "./expression";
import { type Json, type JsonObject, isObject, objectOf, objectsOf, textOf, textsOf } from "./json";
import { perObject, traversalsIn } from "./references";
import type { Stack, SynthesisedStack } from "./platform";
import { type Reference, type Resolver, Resource, type Value } from "./resource";

const remoteStatePrefix = "cross-stack-reference-input-";

/** All resources of all stacks, with what they say about one another. */
export class State implements Resolver {
  readonly stacks: readonly Stack[];
  readonly resources: readonly Resource[];
  private readonly byAddress = new Map<string, Map<string, Resource>>();
  private readonly byType = new Map<string, Resource[]>();
  private readonly stackByName: ReadonlyMap<string, Stack>;
  private readonly followed = new Set<string>();
  private readonly mentioned = new Map<Resource, readonly Resource[]>();
  private mentioning: Map<Resource, Resource[]> | undefined;

  constructor(stacks: readonly SynthesisedStack[]) {
    this.stacks = stacks.map(stackOf);
    this.stackByName = new Map(this.stacks.map((stack) => [stack.name, stack]));
    this.resources = this.stacks.flatMap((stack) => this.resourcesOf(stack));
    for (const resource of this.resources) {
      const key = resource.mode === "data" ? `data.${resource.type}` : resource.type;
      const group = this.byType.get(key);
      if (group) group.push(resource);
      else this.byType.set(key, [resource]);
    }
  }

  ofType(...types: readonly string[]): readonly Resource[] {
    return types.length === 1
      ? (this.byType.get(types[0] ?? "") ?? [])
      : types.flatMap((type) => this.byType.get(type) ?? []);
  }

  get types(): readonly string[] {
    return [...this.byType.keys()].sort();
  }

  at(stack: string, address: string): Resource | undefined {
    return this.byAddress.get(stack)?.get(address);
  }

  dependencies(resource: Resource): readonly Resource[] {
    const cached = this.mentioned.get(resource);
    if (cached) return cached;
    const found = new Set<Resource>();
    for (const reference of this.mentions(resource.stack, resource.arguments)) found.add(reference.resource);
    for (const address of textsOf(resource.arguments["depends_on"])) {
      const before = this.at(resource.stack, address);
      if (before) found.add(before);
    }
    found.delete(resource);
    const list = [...found];
    this.mentioned.set(resource, list);
    return list;
  }

  referrers(resource: Resource): readonly Resource[] {
    if (!this.mentioning) {
      this.mentioning = new Map();
      for (const one of this.resources)
        for (const other of this.dependencies(one)) {
          const group = this.mentioning.get(other);
          if (group) group.push(one);
          else this.mentioning.set(other, [one]);
        }
    }
    return this.mentioning.get(resource) ?? [];
  }

  after(resource: Resource): readonly Resource[] {
    const seen = new Set<Resource>();
    const queue = [...this.dependencies(resource)];
    for (let next = queue.pop(); next; next = queue.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      queue.push(...this.dependencies(next));
    }
    return [...seen];
  }

  resolve(stack: string, value: Json | undefined): Value<Json> {
    if (value === undefined || value === null) return { kind: "absent" };
    if (isUnresolvedToken(value)) return { kind: "unknown", reason: "a token of the synthesis was never resolved" };
    if (typeof value !== "string") return { kind: "known", value };
    if (!value.includes("${") && !value.includes("%%{")) return { kind: "known", value };
    const parts = templateParts(value);
    const only = parts.length === 1 ? parts[0] : undefined;
    if (only && "expression" in only) return this.evaluate(stack, only.expression);
    return this.concatenate(stack, parts);
  }

  expand(stack: string, text: string): string {
    if (!text.includes("${") && !text.includes("%%{")) return text;
    return templateParts(text)
      .map((part) => ("literal" in part ? part.literal : this.expandExpression(stack, part.expression)))
      .join("");
  }

  mentions(stack: string, value: Json | undefined): readonly Reference[] {
    const found: Reference[] = [];
    this.collect(stack, value, found);
    return found;
  }

  private concatenate(stack: string, parts: ReturnType<typeof templateParts>): Value<Json> {
    let text = "";
    for (const part of parts) {
      if ("literal" in part) {
        text += part.literal;
        continue;
      }
      const value = this.evaluate(stack, part.expression);
      if (value.kind === "unknown") return value;
      const known = value.kind === "known" ? textOf(value.value) : undefined;
      if (known === undefined)
        return {
          kind: "unknown",
          reason: `part of the text, ${this.expandExpression(stack, part.expression)}, is known after deployment`,
        };
      text += known;
    }
    return { kind: "known", value: text };
  }

  private expandExpression(stack: string, expression: string): string {
    const value = this.evaluate(stack, expression);
    const text = value.kind === "known" ? textOf(value.value) : undefined;
    if (text !== undefined) return text;
    return value.kind === "reference" ? `\${${value.resource.address}.${value.attribute}}` : `\${${expression}}`;
  }

  /** Follows one expression to the argument that sets the attribute, or to the resource that will compute it. */
  private evaluate(stack: string, expression: string): Value<Json> {
    const found = traversalOf(expression);
    if (!found) return { kind: "unknown", reason: `Terraform computes \${${expression}}` };
    const output = this.outputOf(found.address, found.attribute);
    if (output) return this.guarded(`${output.stack}/${expression}`, () => this.resolve(output.stack, output.value));
    if (found.address.startsWith("data.terraform_remote_state."))
      return { kind: "unknown", reason: `no stack has the output of \${${expression}}` };
    const resource = this.at(stack, found.address);
    if (!resource) return { kind: "unknown", reason: `\${${expression}} names nothing in the stack ${stack}` };
    const written =
      found.attribute === "" || resource.mode === "data"
        ? undefined
        : resource.raw(found.attribute.replace(/\[(\d+)\]/g, ".$1").replace(/\["([^"]*)"\]/g, ".$1"));
    if (written === undefined || written === null) return { kind: "reference", resource, attribute: found.attribute };
    const value = this.guarded(`${stack}/${expression}`, () => this.resolve(stack, written));
    return value.kind === "absent" ? { kind: "reference", resource, attribute: found.attribute } : value;
  }

  private guarded(key: string, follow: () => Value<Json>): Value<Json> {
    if (this.followed.has(key)) return { kind: "unknown", reason: `${key} refers to itself` };
    this.followed.add(key);
    try {
      return follow();
    } finally {
      this.followed.delete(key);
    }
  }

  private outputOf(address: string, attribute: string): { stack: string; value: Json | undefined } | undefined {
    const input = `data.terraform_remote_state.${remoteStatePrefix}`;
    if (!address.startsWith(input) || !attribute.startsWith("outputs.")) return undefined;
    const producer = this.stackByName.get(address.slice(input.length));
    const output = producer && producer.outputs[attribute.slice("outputs.".length)];
    return producer && isObject(output) ? { stack: producer.name, value: output["value"] } : undefined;
  }

  private collect(stack: string, value: Json | undefined, found: Reference[]): void {
    for (const mention of traversalsIn(value)) {
      const output = this.outputOf(mention.address, mention.attribute);
      if (output)
        this.guardedCollect(`${output.stack}/${mention.attribute}`, () =>
          this.collect(output.stack, output.value, found),
        );
      const resource = this.at(stack, mention.address);
      if (resource && !output) found.push({ resource, attribute: mention.attribute });
    }
  }

  private guardedCollect(key: string, collect: () => void): void {
    if (this.followed.has(key)) return;
    this.followed.add(key);
    try {
      collect();
    } finally {
      this.followed.delete(key);
    }
  }

  private resourcesOf(stack: Stack): Resource[] {
    const found: Resource[] = [];
    const addresses = new Map<string, Resource>();
    this.byAddress.set(stack.name, addresses);
    for (const { mode, type, name, address, path, region, block } of blocksOf(stack.terraform)) {
      const resource = new Resource(
        this,
        stack.name,
        mode,
        type,
        name,
        address,
        path ?? `${stack.name}/${name}`,
        region ?? stack.region,
        block,
      );
      addresses.set(address, resource);
      // cdktf's own inputs are the wiring between stacks, not something that is deployed.
      if (type !== "terraform_remote_state") found.push(resource);
    }
    return found;
  }
}

/** The blocks of a stack; most stacks are the same in many inventories. */
const blocksOf = perObject((terraform: JsonObject) => {
  const regions = providerRegions(terraform);
  return (["data", "resource"] as const).flatMap((mode) =>
    Object.entries(objectOf(terraform[mode])).flatMap(([type, blocks]) =>
      Object.entries(objectOf(blocks)).map(([name, value]) => {
        const block = objectOf(value);
        const provider = textOf(block["provider"])?.replace(/^\$\{(.*)\}$/, "$1") ?? "aws";
        return {
          mode,
          type,
          name,
          block,
          address: mode === "data" ? `data.${type}.${name}` : `${type}.${name}`,
          path: textOf(objectOf(objectOf(block["//"])["metadata"])["path"]),
          region: type.startsWith("aws_") ? (textOf(block["region"]) ?? regions.get(provider)) : undefined,
        };
      }),
    ),
  );
});

function stackOf({ name, terraform }: SynthesisedStack): Stack {
  const about = objectOf(objectOf(terraform["//"])[stackMetadataField]);
  const role = textOf(about["role"]);
  return {
    name,
    terraform,
    outputs: objectOf(terraform["output"]),
    environment: textOf(about["environment"]),
    region: textOf(about["region"]),
    layer: textOf(about["layer"]),
    application: textOf(about["application"]),
    role: role === "primary" || role === "secondary" || role === "global" ? role : undefined,
  };
}

/** `aws` and `aws.<alias>` to their region. */
function providerRegions(terraform: JsonObject): ReadonlyMap<string, string> {
  const regions = new Map<string, string>();
  for (const provider of objectsOf(objectOf(terraform["provider"])["aws"])) {
    const alias = textOf(provider["alias"]);
    const region = textOf(provider["region"]);
    if (region !== undefined) regions.set(alias === undefined ? "aws" : `aws.${alias}`, region);
  }
  return regions;
}
