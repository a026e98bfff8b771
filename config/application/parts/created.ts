import { z } from "zod";
import { allow, settings } from "../../allowed";
import { count, cpu, host, labelName, listOf, memory, path, port, portName, recordOf } from "../fields";
import { source } from "./access";

const labelKey = allow(
  z
    .string()
    .max(253)
    .regex(/^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/),
  'the key of a label, such as "app" or "example.org/kind"',
  "Kubernetes refuses others",
);

/** Pods that a program makes at run time in its own namespace, such as those of an operator: no object of the deployment shows them. */
export const createdPods = settings({
  /** Labels that all of them carry and no other pod does: admission, network policies and the scrape know them by these. */
  labels: recordOf(labelKey, labelName("it is the value of a label"), 10),
  /** Most of them at one time: quota and nodes have room for so many. */
  maximum: count(1, 1000, "pods", "a program that makes pods without a bound takes the nodes of all others"),
  /** As many as there are at ordinary times: the nodes of the minimum and the steady cost include them. @default 0 */
  usual: count(0, 1000, "pods", "it is part of the steady cost").optional(),
  /** Pods beside the maximum while some are replaced: the quota holds back the others. @default 1 */
  surge: count(0, 1000, "pods", "a Deployment of one replica starts the new pod before it ends the old one").optional(),
  /** Of one pod, as large as they get. */
  requests: settings({ cpu, memory }),
  /** Of one pod; the namespace admits no larger container. */
  limits: settings({ cpu, memory }),
  /** Pool that they run in, as of a component. @default services */
  pool: z.string().optional(),
  /** Port of their metrics. @default none - they are not scraped */
  metricsPort: port.optional(),
  /** Path of their Prometheus metrics. @default /metrics */
  metrics: path.optional(),
  /** Further ports by name, opened by `reachedFrom`. Probes of the kubelet need none. */
  ports: recordOf(portName, port, 10).optional(),
  /** Other namespaces that may connect. @default none - the scrapers reach the metrics */
  reachedFrom: listOf(source).optional(),
  /** HTTPS APIs outside the platform that they reach, by host name; each one opens port 443 to every public address, because network policies know no names. @default none - only DNS */
  https: listOf(host).optional(),
});

export type CreatedPods = z.infer<typeof createdPods>;

/** Pods of a group at one time, those of a rollout included. */
export const mostCreated = ({ maximum, surge = 1 }: CreatedPods): number => maximum + surge;
