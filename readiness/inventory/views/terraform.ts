import { type JsonObject, isObject, objectOf, objectsOf, textOf } from "../json";
import type { Stack } from "../platform";
import { itemOf } from "../reading";
import { Resource } from "../resource";
import type { State } from "../state";
import type { Bucket } from "../facts/aws/buckets";
import type { Backend, Provider } from "../facts/terraform";

/** One backend a stack; a stack without one keeps its state in a local file. */
export function backendsOf(state: State, buckets: readonly Bucket[]): readonly Backend[] {
  return state.stacks.map((stack) => {
    const [kind = "local", settings] =
      Object.entries(objectOf(objectOf(stack.terraform["terraform"])["backend"]))[0] ?? [];
    const resource = setting(state, stack, "backend", kind, objectOf(settings), `terraform.backend.${kind}`);
    return itemOf(resource, `state of ${stack.name}`, (read) => {
      const bucket = read.text("bucket");
      return {
        kind,
        bucket,
        bucketReference: buckets.find((one) => bucket !== undefined && one.name === bucket),
        key: read.text("key"),
        region: read.text("region"),
        encrypt: read.flag("encrypt") === true,
        locked: read.flag("use_lockfile") === true || read.has("dynamodb_table"),
        settings: resource.arguments,
      };
    });
  });
}

export function providersOf(state: State): readonly Provider[] {
  return state.stacks.flatMap((stack) => {
    const required = objectOf(objectOf(stack.terraform["terraform"])["required_providers"]);
    return Object.entries(objectOf(stack.terraform["provider"])).flatMap(([name, blocks]) =>
      objectsOf(blocks).map((settings) => {
        const alias = textOf(settings["alias"]);
        const resource = setting(
          state,
          stack,
          "provider",
          name,
          settings,
          `provider.${name}${alias === undefined ? "" : `.${alias}`}`,
        );
        const pin = required[name];
        return itemOf(
          resource,
          `provider ${name}${alias === undefined ? "" : `.${alias}`} of ${stack.name}`,
          (read) => ({
            name,
            alias,
            region: read.text("region"),
            settings,
            version: isObject(pin) ? textOf(pin["version"]) : textOf(pin),
            source: isObject(pin) ? textOf(pin["source"]) : undefined,
          }),
        );
      }),
    );
  });
}

function setting(
  state: State,
  stack: Stack,
  mode: "backend" | "provider",
  type: string,
  settings: JsonObject,
  address: string,
): Resource {
  return new Resource(
    state,
    stack.name,
    mode,
    type,
    type,
    address,
    stack.name,
    textOf(settings["region"]) ?? stack.region,
    settings,
  );
}
