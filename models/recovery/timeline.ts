/** One step on the way from the failure of a region to full service in the other. */
export interface RecoveryStep {
  readonly name: string;
  readonly seconds: number;
  /** How the seconds came about. */
  readonly arithmetic: string;
}

export interface RecoveryTimeline {
  readonly steps: readonly RecoveryStep[];
  readonly seconds: number;
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
    readonly requestSeconds: number;
  };
  /** Longest time that a resolver keeps the failed address. */
  readonly dnsTtlSeconds: number;
  /** Promotion of data stores in the standby; they run at the same time. */
  readonly promotionSeconds: readonly number[];
  /** Delay of the metrics, and every autoscaler: they run at the same time. */
  readonly scaling: { readonly metricsDelaySeconds: number; readonly workloads: readonly ScaleOut[] };
  /** Undefined: the standby has the nodes of its peak already. */
  readonly nodes: { readonly timeoutSeconds: number; readonly readySeconds: number } | undefined;
  readonly imagePullSeconds: number;
  /** Slowest start of a component. */
  readonly bootSeconds: number;
}

const kubernetesSteps: readonly ScalingStep[] = [
  { type: "Percent", value: 100, periodSeconds: 15 },
  { type: "Pods", value: 4, periodSeconds: 15 },
];

/**
 * Longest time until the standby carries the primary's peak, each step after the one before.
 *
 * What runs warm is not restored: backups are no step of it.
 */
export function recoveryTimeline(recovery: Recovery): RecoveryTimeline {
  const { detection, nodes, scaling } = recovery;
  const slowest = Math.max(0, ...scaling.workloads.map(scaleOutSeconds));
  const promotion = Math.max(0, ...recovery.promotionSeconds);
  const steps: RecoveryStep[] = [
    {
      name: "detection",
      seconds: detection.intervalSeconds * detection.failureThreshold + detection.requestSeconds,
      arithmetic: `${detection.intervalSeconds} s × ${detection.failureThreshold} failures + ${detection.requestSeconds} s`,
    },
    { name: "DNS", seconds: recovery.dnsTtlSeconds, arithmetic: `${recovery.dnsTtlSeconds} s TTL` },
    {
      name: "data stores",
      seconds: promotion,
      arithmetic: recovery.promotionSeconds.length === 0 ? "none to promote" : `${promotion} s promotion`,
    },
    {
      name: "scaling",
      seconds: scaling.metricsDelaySeconds + slowest,
      arithmetic: `${scaling.metricsDelaySeconds} s metrics + ${slowest} s of the slowest autoscaler`,
    },
    nodes
      ? {
          name: "nodes",
          seconds: nodes.timeoutSeconds + nodes.readySeconds,
          arithmetic: `${nodes.timeoutSeconds} s for a group without capacity + ${nodes.readySeconds} s launch`,
        }
      : { name: "nodes", seconds: 0, arithmetic: "all there" },
    {
      name: "pods",
      seconds: recovery.imagePullSeconds + recovery.bootSeconds,
      arithmetic: `${recovery.imagePullSeconds} s image + ${recovery.bootSeconds} s start`,
    },
  ];
  return {
    steps,
    seconds: steps.reduce((sum, step) => sum + step.seconds, 0),
    arithmetic: steps.map(({ name, seconds, arithmetic }) => `${name} ${seconds} s (${arithmetic})`).join(" + "),
  };
}

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
