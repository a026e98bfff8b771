import { objectOf, objectsOf, textOf } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import { equals, oneOf } from "../../../policy/comparison";
import { change, manifest, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import type { Verdict } from "../../../policy/verdict";
import {
  answered,
  configured,
  givenTo,
  recordedWorkloads,
  runningIn,
  type Running,
} from "../../../policy-terms/program";
import { CONTAINER, ofApplication } from "../../../policy-terms/targets";

const LOOPBACK = /^(localhost|127\.|::1)/;

const controller = ofApplication("operator", "kubernetes_deployment_v1", "controller");

/** Ports that the program listens on as this container starts it. */
const listening = ({ container, program }: Running): number[] =>
  program.ports.map(({ number, setBy }) => {
    const given = /(\d+)$/.exec(givenTo(setBy, container) ?? "")?.[1];
    return given === undefined ? number : Number(given);
  });

/** Paths at which Prometheus asks the workload. */
const scrapedAt = (workload: Workload, platform: Platform): string[] =>
  platform.objects
    .filter(
      ({ region, object }) =>
        region === workload.region &&
        /^(Pod|Service)Monitor$/.test(object.kind) &&
        object.metadata.namespace === workload.namespace &&
        object.metadata.name === workload.name,
    )
    .flatMap(({ object }) => {
      const spec = objectOf(object["spec"]);
      return [...objectsOf(spec["podMetricsEndpoints"]), ...objectsOf(spec["endpoints"])].map(
        (endpoint) => textOf(endpoint["path"]) ?? "/metrics",
      );
    });

function addressVerdicts(running: Running): Verdict[] {
  const address = running.program.listen?.address;
  if (address === undefined || configured(running)) return [];
  const given = givenTo(address.setBy, running.container) ?? address.default;
  return [equals(false, LOOPBACK.test(given), `listens on the loopback address only (${given})`, { field: "args" })];
}

export default policy({
  id: "WL-26",
  severity: "error",
  title: "Ports, listen addresses, probe paths and scrape paths exist in the program",
  because:
    "a port or path that exists in the deployment only makes every probe fail: the pod never gets ready, and the application is down from its first release",
  remedy:
    "declare the ports and paths that catalog/applications/<application>.json records, or set the flag or variable that moves them; a program without metrics says metrics: none",
  proves: ["CA-03", "FG-01", "FF-04", "FL-04", "FL-10", "XB-01"],
  subjects: recordedWorkloads,
  check: (workload, platform) => {
    const running = runningIn(workload, platform);
    if (!running) return [];
    const { container, program } = running;
    const ports = listening(running);
    const probes = Object.entries({
      liveness: container.liveness,
      readiness: container.readiness,
      startup: container.startup,
    });
    const metrics = program.metrics.path;
    return [
      ...container.ports.map(({ port }) => oneOf(ports, port, "port of the container", { field: "port" })),
      ...addressVerdicts(running),
      ...probes.flatMap(([role, probe]) =>
        probe?.kind === "http" && probe.path !== undefined
          ? [
              equals(true, answered(running, probe.path), `${role} path ${probe.path} answered`, {
                field: `probes.${role}`,
              }),
            ]
          : [],
      ),
      ...(workload.job
        ? []
        : [
            equals(metrics === null ? [] : [metrics], scrapedAt(workload, platform), "scrape paths", {
              field: "metrics",
            }),
          ]),
    ];
  },
  mutants: [
    change("a port that the program does not listen on", controller, set(`${CONTAINER}.port.0.container_port`, 9090)),
    change("a flag that moves the port alone", controller, set(`${CONTAINER}.args.6`, "--metrics-bind-address=:9090")),
    change(
      "metrics on the loopback address",
      controller,
      set(`${CONTAINER}.args.6`, "--metrics-bind-address=127.0.0.1:8080"),
    ),
    change("a liveness path that answers 404", controller, set(`${CONTAINER}.liveness_probe.http_get.path`, "/health")),
    change(
      "a readiness path that answers 404",
      controller,
      set(`${CONTAINER}.readiness_probe.http_get.path`, "/ready"),
    ),
    change("another scrape path", manifest("PodMonitor"), set("spec.podMetricsEndpoints.0.path", "/prometheus")),
  ],
  boundary: {
    holds: change(
      "a path below one that stands for all",
      controller,
      set(`${CONTAINER}.liveness_probe.http_get.path`, "/debug/live"),
    ),
    breaks: change(
      "a path that only begins alike",
      controller,
      set(`${CONTAINER}.liveness_probe.http_get.path`, "/debuglive"),
    ),
  },
});
