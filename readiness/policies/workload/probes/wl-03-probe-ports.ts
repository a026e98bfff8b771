import type { Container, Probe } from "../../../inventory/facts/kubernetes/containers";
import { oneOf } from "../../../policy/comparison";
import { change, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { notApplicable } from "../../../policy/verdict";
import { CONTAINER, deployments, simplest } from "../../../policy-terms/targets";

const probesOf = ({ liveness, readiness, startup }: Container): readonly (readonly [string, Probe])[] =>
  Object.entries({ liveness, readiness, startup }).flatMap(([role, probe]) =>
    probe && probe.kind !== "exec" ? [[role, probe] as const] : [],
  );

export default policy({
  id: "WL-03",
  severity: "error",
  title: "Probes use ports of their container",
  because: "a probe of a port that nothing listens on always fails: the pod never gets ready, or restarts without end",
  remedy: "name a port of the component in probes (port or metricsPort), or declare that port",
  proves: ["CA-03", "FL-04"],
  equivalents: ["kube-linter readiness-port", "kube-linter liveness-port"],
  subjects: (platform) => platform.containers.filter(({ init, container }) => !init && probesOf(container).length > 0),
  check: (item) =>
    probesOf(item.container).map(([role, { port }]) => {
      // A number that is not declared can still be listened on, and charts leave such ports out; a name cannot.
      if (item.origin === "chart" && typeof port === "number")
        return notApplicable("the chart's container need not declare the ports that it listens on");
      return oneOf(
        item.container.ports.map((declared) => declared.port),
        port,
        `port of the ${role} probe`,
        { field: `probes.${role === "readiness" ? role : "liveness"}.port` },
      );
    }),
  mutants: [
    change(
      "readiness asks a name that no port has",
      deployments,
      set(`${CONTAINER}.readiness_probe`, { http_get: { path: "/ready", port: "admin" } }),
    ),
    change(
      "liveness asks a number that no port has",
      deployments,
      set(`${CONTAINER}.liveness_probe`, { tcp_socket: { port: "1" } }),
    ),
    change("the ports of the container are gone", deployments, set(`${CONTAINER}.port`, [])),
  ],
  boundary: {
    holds: change("one port, and the probes ask it", simplest(), portsAndProbes("8081")),
    breaks: change("one port, and the probes ask its neighbour", simplest(), portsAndProbes("8082")),
  },
});

function portsAndProbes(asked: string) {
  return (block: Parameters<ReturnType<typeof set>>[0]): void => {
    set(`${CONTAINER}.port`, [
      { name: "http", container_port: 8081 },
      { name: "metrics", container_port: 9090 },
    ])(block);
    set(`${CONTAINER}.liveness_probe`, { http_get: { path: "/live", port: asked } })(block);
  };
}
