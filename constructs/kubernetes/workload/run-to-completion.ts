import { annotation, label } from "../../../contract";
import { CronJobV1 } from "@cdktf/provider-kubernetes/lib/cron-job-v1";
import { JobV1 } from "@cdktf/provider-kubernetes/lib/job-v1";
import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { retriesOf } from "../../../config/application/parts/job";
import type { Job } from "../../../config/application/schema";
import { type Declaration, Guarded } from "../../guarded";
import type { ContainerProps } from "./container";
import { type Ownership, ownershipLabels, selectorLabels } from "../labels";
import { podTemplate } from "./pod-template";
import { reachedBy, TrafficRules } from "../access/traffic-rules";
import type { AwsPermission } from "./component-facts";
import { serviceAccountName } from "./workload";
import { NEVER_BY_ITSELF, runsAsWriterOnly, writerOnlyLabels } from "./writer-switch";

export interface RunToCompletionProps extends ContainerProps {
  readonly part: Job;
  readonly name: string;
  readonly namespace: string;
  readonly ownership: Ownership;
  readonly networkCidr: string;
  readonly servicePorts: Readonly<Record<string, number>>;
  /** Whether the region's stores accept writes; elsewhere what writes waits for the promotion: see writer-switch.ts. */
  readonly acceptsWrites: boolean;
  /** What its pods call in AWS. @default none - they have no IAM role */
  readonly awsPermissions?: readonly AwsPermission[];
  readonly dependsOn: ITerraformDependable[];
  readonly declaration: Declaration;
}

/** Which step before the rollout a job is: policies order by it. */
export const STEP_LABEL = label.step;
/** Long enough to read the log of a failed run the next working day. */
const KEEP_SECONDS = 259_200;
/** A run that is missed by more is left to the next one. */
const STARTING_DEADLINE_SECONDS = 600;

/** A Job that gates the rollout, or a CronJob (also in place of such a Job where a promotion starts it), with its own service account and traffic rules. */
export class RunToCompletion extends Guarded {
  static readonly guardedBy = [
    "WL-06",
    "WL-09",
    "WL-11",
    "WL-16",
    "SC-06",
    "SC-07",
    "SC-08",
    "SU-01",
    "NW-02",
    "CP-05",
    "CP-18",
    "MR-20",
  ] as const;

  /** The job itself: what depends on it starts after it has completed. */
  readonly run: ITerraformDependable;
  private readonly labels: Record<string, string>;
  private readonly selector: Record<string, string>;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: RunToCompletionProps,
  ) {
    super(scope, id, props.declaration);
    const { name, namespace, ownership, part, dependsOn } = props;
    this.selector = selectorLabels(ownership.application, name);
    this.labels = {
      ...this.selector,
      ...ownershipLabels(ownership),
      ...(part.kind === "scheduled" ? {} : { [STEP_LABEL]: part.kind }),
    };
    const account = new ServiceAccountV1(this, "service-account", {
      metadata: { name: serviceAccountName(ownership.application, name), namespace, labels: this.labels },
      automountServiceAccountToken: false,
      dependsOn,
    });
    const rules = new TrafficRules(this, "traffic", {
      ...props,
      callers: [],
      application: ownership.application,
      labels: this.labels,
      selector: this.selector,
    });
    const waits = [...dependsOn, ...rules.policies];
    this.run =
      part.kind === "scheduled"
        ? this.addSchedule(part.schedule, account.metadata.name, waits)
        : this.waitsForPromotion
          ? this.addSchedule(NEVER_BY_ITSELF, account.metadata.name, waits)
          : this.addJob(account.metadata.name, waits);
  }

  private get waitsForPromotion(): boolean {
    return runsAsWriterOnly(this.props.part) && !this.props.acceptsWrites;
  }

  private metadata() {
    const { name, namespace, part } = this.props;
    return {
      name,
      namespace,
      labels: { ...this.labels, ...writerOnlyLabels(part) },
      annotations: {
        [annotation.component]: JSON.stringify({
          talksTo: reachedBy(part),
          ...(this.props.awsPermissions?.length ? { awsPermissions: this.props.awsPermissions } : {}),
        }),
      },
    };
  }

  private template(serviceAccount: string) {
    return podTemplate({
      ...this.props,
      tier: this.props.ownership.tier,
      labels: this.labels,
      selector: this.selector,
      annotations: {},
      serviceAccount,
    });
  }

  private addJob(serviceAccount: string, dependsOn: ITerraformDependable[]): JobV1 {
    const { part } = this.props;
    return new JobV1(this, "job", {
      metadata: this.metadata(),
      spec: {
        activeDeadlineSeconds: part.deadlineSeconds,
        backoffLimit: retriesOf(part),
        // No TTL: a Job that Kubernetes removes is gone from the state, and the next apply would run it once more.
        template: this.template(serviceAccount),
      },
      // Terraform waits for the end and fails with the job: nothing that depends on it is touched then.
      waitForCompletion: true,
      timeouts: { create: minutes(part.deadlineSeconds), update: minutes(part.deadlineSeconds) },
      dependsOn,
    });
  }

  private addSchedule(schedule: string, serviceAccount: string, dependsOn: ITerraformDependable[]): CronJobV1 {
    const { labels } = this;
    const { part } = this.props;
    return new CronJobV1(this, "schedule", {
      metadata: this.metadata(),
      // The promotion resumes it: an apply afterwards must not suspend it again.
      ...(this.waitsForPromotion ? { lifecycle: { ignoreChanges: ["spec[0].suspend"] } } : {}),
      spec: {
        schedule,
        timezone: "Etc/UTC",
        ...(this.waitsForPromotion ? { suspend: true } : {}),
        concurrencyPolicy: (part.kind === "scheduled" ? part.whileRunning : undefined) ?? "Forbid",
        startingDeadlineSeconds: STARTING_DEADLINE_SECONDS,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
          metadata: { labels },
          spec: {
            activeDeadlineSeconds: part.deadlineSeconds,
            backoffLimit: retriesOf(part),
            ttlSecondsAfterFinished: String(KEEP_SECONDS),
            template: this.template(serviceAccount),
          },
        },
      },
      dependsOn,
    });
  }
}

/** One minute beside the deadline, for the image and the node. */
const minutes = (deadlineSeconds: number): string => `${Math.ceil(deadlineSeconds / 60) + 5}m`;
