import { isObject, type JsonObject, numberOf, objectOf, objectsOf, textOf, textsOf } from "../../../inventory/json";
import { equals, holds } from "../../../policy/comparison";
import { change, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import type { Verdict } from "../../../policy/verdict";
import { CONTAINER, deployments, simplest } from "../../../policy-terms/targets";

/**
 * What the API server, and the provider before it, refuse in a probe. Sources: kubernetes/kubernetes
 * pkg/apis/core/validation (validateProbe, the rules of liveness and startup, ValidatePortNumOrName) and
 * hashicorp/terraform-provider-kubernetes 3a33fb6cc605 kubernetes/schema_container.go (probeSchema), read 2026-11-29.
 */
const positive = ["failureThreshold", "periodSeconds", "successThreshold", "timeoutSeconds"] as const;
const handlers = ["exec", "httpGet", "tcpSocket", "grpc"] as const;
const roles = ["livenessProbe", "readinessProbe", "startupProbe"] as const;
/** A name of IANA_SVC_NAME: a letter somewhere, no hyphen at an end, none after another. */
const portName = /^(?=.{1,15}$)(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/;

const whole = (value: number | undefined, least: number, most = Number.MAX_SAFE_INTEGER): boolean =>
  value !== undefined && Number.isInteger(value) && value >= least && value <= most;

function judgeProbe(role: (typeof roles)[number], probe: JsonObject): Verdict[] {
  const used = handlers.filter((handler) => probe[handler] !== undefined && probe[handler] !== null);
  const written = (field: string) => (probe[field] === undefined ? undefined : numberOf(probe[field]));
  return [
    ...positive
      .filter((field) => probe[field] !== undefined)
      .map((field) => holds(whole(written(field), 1), `${field} of the ${role} is at least 1`, said(probe[field]))),
    ...(probe["initialDelaySeconds"] === undefined
      ? []
      : [
          holds(
            whole(written("initialDelaySeconds"), 0),
            `initialDelaySeconds of the ${role} is at least 0`,
            said(probe["initialDelaySeconds"]),
          ),
        ]),
    ...(role === "readinessProbe"
      ? []
      : [equals(1, written("successThreshold") ?? 1, `successThreshold of the ${role}`)]),
    equals(1, used.length, `handlers of the ${role}, of ${handlers.join(", ")}`),
    ...used.flatMap((handler) => judgeHandler(role, handler, objectOf(probe[handler]))),
  ];
}

function judgeHandler(role: string, kind: (typeof handlers)[number], handler: JsonObject): Verdict[] {
  if (kind === "exec") {
    return [holds(textsOf(handler["command"]).length > 0, `the ${role} names a command`, "none")];
  }
  const port = textOf(handler["port"]) ?? "";
  const number = numberOf(handler["port"]);
  const accepted = number === undefined ? kind !== "grpc" && portName.test(port) : whole(number, 1, 65_535);
  const scheme = textOf(handler["scheme"]) ?? "HTTP";
  return [
    holds(
      accepted,
      `the port of the ${role} is 1 to 65535${kind === "grpc" ? "" : " or the name of a port"}`,
      port || "none",
    ),
    ...(kind === "httpGet"
      ? [holds(["HTTP", "HTTPS"].includes(scheme), `the scheme of the ${role} is HTTP or HTTPS`, scheme)]
      : []),
  ];
}

const said = (value: unknown): string => String(value);

export default policy({
  id: "WL-38",
  severity: "error",
  proves: ["CA-03"],
  title: "Kubernetes accepts the values of every probe",
  because: "the API server refuses the whole workload, in the middle of a deployment and after the stacks before it",
  remedy:
    "write successThreshold 1 for liveness and startup, timeouts, periods and thresholds of at least 1, one handler, and a port of 1 to 65535",
  subjects: (platform) =>
    platform.workloads.filter(({ pod }) =>
      containersOf(pod.spec).some((one) => roles.some((role) => isObject(one[role]))),
    ),
  check: ({ pod }) =>
    containersOf(pod.spec).flatMap((container) =>
      roles.flatMap((role) => (isObject(container[role]) ? judgeProbe(role, container[role]) : [])),
    ),
  mutants: [
    change(
      "a liveness probe that must succeed twice",
      deployments,
      set(`${CONTAINER}.liveness_probe.success_threshold`, 2),
    ),
    change("a liveness probe without time", deployments, set(`${CONTAINER}.liveness_probe.timeout_seconds`, 0)),
    change("a readiness probe without a period", deployments, set(`${CONTAINER}.readiness_probe.period_seconds`, 0)),
    change("no failure is enough", deployments, set(`${CONTAINER}.liveness_probe.failure_threshold`, 0)),
    change("before the start", deployments, set(`${CONTAINER}.readiness_probe.initial_delay_seconds`, -1)),
    change("a port that does not exist", simplest(), set(`${CONTAINER}.readiness_probe.http_get.port`, "70000")),
    change("port 0", simplest(), set(`${CONTAINER}.readiness_probe.http_get.port`, 0)),
    change("a name that no port can have", simplest(), set(`${CONTAINER}.readiness_probe.http_get.port`, "the_port")),
    change("a scheme of its own", simplest(), set(`${CONTAINER}.readiness_probe.http_get.scheme`, "HTTP2")),
    change("two questions in one probe", simplest(), set(`${CONTAINER}.readiness_probe.exec`, { command: ["true"] })),
    change("a command of nothing", simplest(), set(`${CONTAINER}.liveness_probe`, { exec: { command: [] } })),
    change("a probe that asks nothing", simplest(), set(`${CONTAINER}.liveness_probe`, { period_seconds: 10 })),
    change(
      "a startup probe of a StatefulSet that must succeed twice",
      resource("kubernetes_stateful_set_v1"),
      set(`${CONTAINER}.startup_probe`, { success_threshold: 2, tcp_socket: { port: 80 } }),
    ),
  ],
  boundary: {
    holds: change("port 65535", simplest(), set(`${CONTAINER}.readiness_probe.http_get.port`, 65_535)),
    breaks: change("port 65536", simplest(), set(`${CONTAINER}.readiness_probe.http_get.port`, 65_536)),
  },
});

function containersOf(spec: JsonObject): readonly JsonObject[] {
  return [...objectsOf(spec["containers"]), ...objectsOf(spec["initContainers"])];
}
