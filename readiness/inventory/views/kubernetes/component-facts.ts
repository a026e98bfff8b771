import { cpuMillis } from "../../../../models/quantity";
import type {
  DeclaredAuthentication,
  DeclaredElection,
  DeclaredThroughput,
} from "../../facts/kubernetes/component-facts";
import type { Workload } from "../../facts/kubernetes/workload-graph";
import { isObject, type Json, numberOf, objectOf, objectsOf, textOf, textsOf } from "../../json";
import { createdPodsOf } from "./created-pods";

/** What the annotation of a workload declares; undefined when there is none, or it cannot be read. */
export function componentOf(annotation: string | undefined): Workload["component"] {
  if (annotation === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(annotation);
    if (!isObject(parsed)) return undefined;
    const talksTo = parsed["talksTo"];
    const reachedFrom = objectsOf(parsed["reachedFrom"]).map(({ namespace, port }) => ({
      namespace: textOf(namespace) ?? "",
      port: textOf(port) ?? "",
    }));
    return {
      reachedFrom,
      creates: createdPodsOf(parsed["creates"]),
      logFormat: textOf(objectOf(parsed["logs"])["format"]),
      bootSeconds: numberOf(parsed["bootSeconds"]),
      distroless: parsed["distroless"] === true,
      drainSeconds: numberOf(parsed["drainSeconds"]),
      talksTo: Array.isArray(talksTo) ? (talksTo as readonly unknown[]) : [],
      leaderElection: electionOf(parsed["leaderElection"]),
      throughput: throughputOf(parsed["throughput"]),
      authentication: authenticationOf(parsed["authentication"]),
      uninspectedBodies: textsOf(parsed["uninspectedBodies"]),
      awsPermissions: objectsOf(parsed["awsPermissions"]).map(({ actions, resources }) => ({
        actions: textsOf(actions),
        resources: textsOf(resources),
      })),
    };
  } catch {
    return undefined;
  }
}

function electionOf(declared: Json | undefined): DeclaredElection | undefined {
  if (!isObject(declared)) return undefined;
  const [leaseSeconds, renewSeconds, retrySeconds] = ["leaseSeconds", "renewSeconds", "retrySeconds"].map((name) =>
    numberOf(declared[name]),
  );
  return { leaseSeconds, renewSeconds, retrySeconds };
}

function authenticationOf(declared: Json | undefined): DeclaredAuthentication | undefined {
  if (!isObject(declared)) return undefined;
  const open = declared["open"];
  return {
    checkedAt: textOf(declared["checkedAt"]),
    public: textOf(declared["public"]),
    networks: textOf(declared["networks"]),
    open: isObject(open)
      ? { paths: textsOf(open["paths"]), secret: textOf(open["secret"]), checkedAt: textOf(open["checkedAt"]) }
      : undefined,
    secret: textOf(declared["secret"]),
    switchedOnBy: textOf(declared["switchedOnBy"]),
    accountsIn: textOf(declared["accountsIn"]),
    delegatedTo: textOf(declared["delegatedTo"]),
  };
}

function throughputOf(declared: Json | undefined): DeclaredThroughput | undefined {
  if (!isObject(declared)) return undefined;
  return {
    carries: objectsOf(declared["carries"]).map((one) => ({
      claim: textOf(one["claim"]),
      unit: textOf(one["unit"]) ?? "",
      total: numberOf(one["total"]),
      perReplica: numberOf(one["perReplica"]),
    })),
    cpuMillis: cpuMillis(textOf(declared["cpu"])),
    megabytesPerSecond: numberOf(declared["megabytesPerSecond"]),
  };
}
