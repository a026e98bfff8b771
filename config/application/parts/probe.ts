import { z } from "zod";
import { allow, settings } from "../../allowed";
import { count, listOf, path, portName, text } from "../fields";

const timing = {
  /** Seconds between two questions. @default 10 for liveness, 5 for readiness and startup */
  periodSeconds: count(1, 300, "seconds", "the kubelet asks no more often than each second").optional(),
  /** Seconds that an answer may take. @default 2 */
  timeoutSeconds: count(1, 60, "seconds", "a probe that waits longer says nothing in time").optional(),
  /** Failures in a row that count. @default 3 for liveness, 2 for readiness; for startup as many as bootSeconds asks for */
  failureThreshold: count(1, 300, "failures", "Kubernetes counts from one").optional(),
};

/** How the kubelet asks a container whether it lives: HTTP GET, the gRPC health protocol, a command, or a TCP connection. */
export const probe = z.union(
  [
    settings({
      /** Path of a GET; any status from 200 to 399 is healthy. */
      http: path,
      /** Beside http and grpc. @default the service's own port, metrics of a worker and a controller */
      port: portName.optional(),
      ...timing,
    }),
    settings({
      /** Service name of the gRPC health request; "" asks for the server as a whole. */
      grpc: allow(
        z
          .string()
          .max(253)
          .regex(/^[\x21-\x7e]*$/),
        "a gRPC service name of printable ASCII, or none",
        "it is sent as it stands",
      ),
      port: portName.optional(),
      ...timing,
    }),
    settings({
      /** A command in the container; exit code 0 is healthy. */
      exec: listOf(text(1024, "it is an argument of a command")),
      ...timing,
    }),
    settings({
      /** Port that takes a connection. */
      tcp: portName,
      ...timing,
    }),
  ],
  { error: 'one of http("/path"), grpc("service"), exec("command") and tcp("port")' },
);

export const probes = settings({
  /** Asks whether the process itself hangs: its failure restarts the container. */
  liveness: probe,
  /** Asks whether it can serve: its failure takes the pod out of its Service. */
  readiness: probe.optional(),
  /** Asks while it starts. @default the liveness question, for bootSeconds */
  startup: probe.optional(),
});

/** A service is sent requests, so a probe must ask whether it can answer them. */
export const serviceProbes = probes.required({ readiness: true });

export type Probe = z.infer<typeof probe>;
export type Probes = z.infer<typeof probes>;
export type ProbeLiteral = z.input<typeof probe>;
