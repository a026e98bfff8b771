import { objectOf, objectsOf, textOf } from "../inventory/json";
import type { Platform } from "../inventory/platform";
import type { Workload } from "../inventory/facts/kubernetes/workload-graph";

/** What External Secrets renders for a workload: files that are mounted, and variables that refer to the Secret. */
export interface Rendered {
  readonly kind: "file" | "variable";
  /** Key of the Secret. */
  readonly name: string;
  /** Template, in which `{{ .KEY }}` stands for a secret. */
  readonly template: string;
  /** Secrets that are fetched for the template. */
  readonly fetched: readonly string[];
}

/** Templates whose outcome reaches the containers of the workload. */
export function renderedFor(workload: Workload, platform: Platform): readonly Rendered[] {
  return platform.objects
    .filter(
      ({ region, object }) =>
        region === workload.region &&
        object.kind === "ExternalSecret" &&
        object.metadata.namespace === workload.namespace,
    )
    .flatMap(({ object }) => {
      const spec = objectOf(object["spec"]);
      const target = objectOf(spec["target"]);
      const secret = textOf(target["name"]) ?? object.metadata.name ?? "";
      const fetched = objectsOf(spec["data"]).flatMap((one) => textOf(one["secretKey"]) ?? []);
      return Object.entries(objectOf(objectOf(target["template"])["data"])).flatMap(([name, written]): Rendered[] => {
        const kind = arrivesAs(workload, secret, name);
        return kind === undefined ? [] : [{ kind, name, template: textOf(written) ?? "", fetched }];
      });
    });
}

function arrivesAs({ containers, pod }: Workload, secret: string, key: string): Rendered["kind"] | undefined {
  const volumes = pod.volumes.filter(({ kind, source }) => kind === "secret" && source === secret);
  if (containers.some(({ environment }) => environment.some((one) => one.name === key && one.secret === secret)))
    return "variable";
  return containers.some(({ mounts }) => mounts.some(({ volume }) => volumes.some(({ name }) => name === volume)))
    ? "file"
    : undefined;
}

/** Whether the template holds the value of the secret. */
export const holdsSecret = ({ template, fetched }: Rendered, key: string): boolean =>
  fetched.includes(key) &&
  [...template.matchAll(/\{\{([^}]*)\}\}/g)].some(([, action = ""]) =>
    [...action.matchAll(/(?<![\w.)])\.(\w+)/g)].some(([, name]) => name === key),
  );
