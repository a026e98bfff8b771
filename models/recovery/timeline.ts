import { type Duration, setting, sum } from "./duration";
import { criticalPath, type RecoveryStep, type RecoverySteps } from "./simulation";

/** How long the standby takes to carry the primary's peak. */
export interface RecoveryTimeline {
  readonly steps: RecoverySteps;
  /** Steps of the slowest branch: their worst cases add up to `seconds`. */
  readonly path: readonly RecoveryStep[];
  readonly seconds: number;
  /** Until the stores take writes; undefined where none has to be promoted or loaded. */
  readonly storeSeconds: number | undefined;
  /** All steps in one line. */
  readonly arithmetic: string;
}

/** Rate at which an autoscaler may add pods; `Percent` of the pods that are there, or `Pods`. */
export interface ScalingStep {
  readonly type: string;
  readonly value: number;
  readonly periodSeconds: number;
}

export interface ScaleOut {
  /** Pods that run in the standby before the failure. */
  readonly from: number;
  /** Pods that carry the peak. */
  readonly to: number;
  readonly windowSeconds: number;
  /** Empty: Kubernetes' own, 100 percent or 4 pods each 15 seconds. */
  readonly steps: readonly ScalingStep[];
  /** `Min` takes the slowest step, everything else the fastest. */
  readonly select: string | undefined;
}

export interface Recovery {
  readonly detection: {
    readonly intervalSeconds: number;
    readonly failureThreshold: number;
    readonly request: Duration;
  };
  /** Time that a resolver keeps the failed address. */
  readonly dns: Duration;
  /** Undefined: no store of the application has to be promoted or loaded. */
  readonly data: { readonly operator: Duration; readonly promotion: Duration; readonly writers: Duration } | undefined;
  /** Delay of the metrics, and every autoscaler: they run at the same time. */
  readonly scaling: { readonly metricsDelay: Duration; readonly workloads: readonly ScaleOut[] };
  /** Undefined: the standby has the nodes of its peak already. */
  readonly nodes: { readonly timeoutSeconds: number; readonly ready: Duration } | undefined;
  readonly imagePull: Duration;
  /** Slowest start of a component. */
  readonly bootSeconds: number;
}

const kubernetesSteps: readonly ScalingStep[] = [
  { type: "Percent", value: 100, periodSeconds: 15 },
  { type: "Pods", value: 4, periodSeconds: 15 },
];

/**
 * Time until the standby carries the primary's peak. After the detection traffic moves and pods start by themselves,
 * while an operator starts the promotion of the stores: the slower of the two decides.
 *
 * What runs warm is not restored: backups are no step of it.
 */
export function recoveryTimeline(recovery: Recovery): RecoveryTimeline {
  const stores = recovery.data ? promoted(recovery.data) : undefined;
  const steps = {
    first: [detected(recovery.detection)],
    branches: [serving(recovery), ...(stores ? [stores] : [])],
  };
  const worst = (all: readonly RecoveryStep[]): number =>
    all.reduce((seconds, { worstSeconds }) => seconds + worstSeconds, 0);
  const path = criticalPath(steps);
  const meanwhile = steps.branches.filter((branch) => branch.some((step) => !path.includes(step)));
  const line = (all: readonly RecoveryStep[]): string =>
    all.map(({ name, worstSeconds, arithmetic }) => `${name} ${worstSeconds} s (${arithmetic})`).join(" + ");
  return {
    steps,
    path,
    seconds: worst(path),
    storeSeconds: stores && worst([...steps.first, ...stores]),
    arithmetic: [line(path), ...meanwhile.map((branch) => `at the same time ${line(branch)}`)].join("; "),
  };
}

/** A check fails in the middle of an interval, and is believed after the last of its failures. */
export function detected({ intervalSeconds, failureThreshold, request }: Recovery["detection"]): RecoveryStep {
  const spread = (failures: number): number => intervalSeconds * Math.max(0, failures);
  return {
    name: "detection",
    ...sum(
      setting(spread(failureThreshold - 1), spread(failureThreshold - 0.5), spread(failureThreshold), request),
      request,
    ),
    arithmetic: `${intervalSeconds} s × ${failureThreshold} failures + ${request.worstSeconds} s`,
  };
}

function serving({ dns, scaling, nodes, imagePull, bootSeconds }: Recovery): RecoveryStep[] {
  const slowest = Math.max(0, ...scaling.workloads.map(scaleOutSeconds));
  const { metricsDelay } = scaling;
  return [
    { name: "DNS", ...dns, arithmetic: `${dns.worstSeconds} s TTL` },
    {
      name: "scaling",
      ...sum(metricsDelay, setting(slowest, slowest, slowest, metricsDelay)),
      arithmetic: `${metricsDelay.worstSeconds} s metrics + ${slowest} s of the slowest autoscaler`,
    },
    ...(nodes ? [launched(nodes)] : []),
    started(imagePull, bootSeconds),
  ];
}

/** The group that is asked first may have no capacity: it is left after the autoscaler's patience. */
export const launched = ({ timeoutSeconds, ready }: NonNullable<Recovery["nodes"]>): RecoveryStep => ({
  name: "nodes",
  ...sum(setting(0, 0, timeoutSeconds, ready), ready),
  arithmetic: `${timeoutSeconds} s for a group without capacity + ${ready.worstSeconds} s launch`,
});

export const started = (imagePull: Duration, bootSeconds: number): RecoveryStep => ({
  name: "pods",
  ...sum(imagePull, setting(bootSeconds, bootSeconds, bootSeconds, imagePull)),
  arithmetic: `${imagePull.worstSeconds} s image + ${bootSeconds} s start`,
});

export const answered = (operator: Duration): RecoveryStep => ({
  name: "operator",
  ...operator,
  arithmetic: `${operator.worstSeconds} s until an operator acts`,
});

const promoted = ({ operator, promotion, writers }: NonNullable<Recovery["data"]>): RecoveryStep[] => [
  answered(operator),
  { name: "data stores", ...promotion, arithmetic: `${promotion.worstSeconds} s promotion` },
  { name: "writers", ...writers, arithmetic: `${writers.worstSeconds} s copies, migrations and writers` },
];

/** Time in which an autoscaler brings `from` pods to `to`. Infinity if it never does. */
export function scaleOutSeconds({ from, to, windowSeconds, steps, select }: ScaleOut): number {
  if (to <= from) return 0;
  const allowed = steps.length === 0 ? kubernetesSteps : steps;
  const periodSeconds = Math.max(...allowed.map((step) => step.periodSeconds));
  let pods = from;
  let seconds = windowSeconds;
  while (pods < to) {
    const added = allowed.map(({ type, value }) => (type === "Percent" ? Math.ceil((pods * value) / 100) : value));
    const more = select === "Disabled" ? 0 : select === "Min" ? Math.min(...added) : Math.max(...added);
    if (more <= 0) return Infinity;
    pods += more;
    seconds += periodSeconds;
  }
  return seconds;
}
