import type { DeployedStack } from "./stack-folder";

/** One stage of a deployment: its stacks are applied together, after those of every earlier stage. */
export interface Stage {
  readonly name: string;
  readonly title: string;
  /** Layers of the stacks that belong to it, as each stack's JSON names its own. */
  readonly layers: readonly string[];
  /** Longest time on AWS, in minutes, both regions side by side; `source` says where it comes from. */
  readonly minutes: number;
  readonly source: string;
}

const arithmetic = "sum of the longest waits on the stage's critical path, read from the sources of its resources";

/** In the order of deployment; teardown goes the other way. */
export const stages: readonly Stage[] = [
  {
    name: "state",
    title: "Buckets and keys of the Terraform state",
    layers: ["state"],
    minutes: 3,
    source: arithmetic,
  },
  { name: "dns", title: "Hosted zone of the domain", layers: ["dns"], minutes: 2, source: arithmetic },
  {
    name: "certificates",
    title: "Certificates and audit",
    layers: ["certificates", "audit"],
    minutes: 30,
    source: "AWS Certificate Manager user guide, DNS validation: usually within 30 minutes of the record; read 2026-11",
  },
  {
    name: "data",
    title: "Networks and data",
    layers: ["network", "data", "alarm-delivery"],
    minutes: 10,
    source: arithmetic,
  },
  {
    name: "clusters",
    title: "Clusters and load balancers",
    layers: ["cluster", "ingress"],
    minutes: 30,
    source: "Amazon EKS user guide: control plane 15 to 20 minutes, then nodes and add-ons 5 to 10; read 2026-11",
  },
  {
    name: "stores",
    title: "Databases, caches and promotion",
    // They admit the nodes of the clusters, and the promotion acts in the cluster of the standby.
    layers: ["stores"],
    minutes: 60,
    source: "terraform-provider-aws, default create timeouts of aws_db_instance (40 min) and the replica after it",
  },
  {
    name: "platform",
    title: "Platform services",
    layers: ["crds", "platform", "mesh", "admission", "delivery"],
    minutes: 20,
    source: arithmetic,
  },
  {
    name: "monitoring",
    title: "Monitoring",
    layers: ["observability", "monitoring", "alerting"],
    minutes: 15,
    source: arithmetic,
  },
  {
    name: "applications",
    title: "Applications",
    layers: ["application", "entry-alarms"],
    minutes: 15,
    source: arithmetic,
  },
  { name: "edge", title: "Edge: records, health checks, failover", layers: ["edge"], minutes: 5, source: arithmetic },
];

/** A stage with the stacks that this deployment has in it, in waves: a wave waits for the one before it. */
export interface PlannedStage extends Stage {
  readonly waves: readonly (readonly DeployedStack[])[];
}

export class PlanError extends Error {}

/**
 * Puts every stack into its stage.
 *
 * @throws PlanError for a layer that no stage names, and for a stack that depends on a stack of a later stage
 */
export function planOf(stacks: readonly DeployedStack[]): readonly PlannedStage[] {
  const positions = new Map(stacks.map((stack) => [stack.name, positionOf(stack)]));
  for (const { name, dependencies } of stacks)
    for (const dependency of dependencies) {
      const [own = 0, other = 0] = [positions.get(name), positions.get(dependency)];
      if (other > own)
        throw new PlanError(
          `stack ${name} (stage ${stages[own]?.name}) depends on ${dependency} (stage ${stages[other]?.name}), which is deployed later: move one of them to another stage in deployment/stages.ts`,
        );
    }
  return stages.map((stage, position) => ({
    ...stage,
    waves: wavesOf(stacks.filter(({ name }) => positions.get(name) === position)),
  }));
}

function positionOf({ name, layer }: DeployedStack): number {
  const position = stages.findIndex(({ layers }) => layers.includes(layer));
  if (position < 0)
    throw new PlanError(
      `stack ${name} has layer "${layer}", which no stage deploys: add the layer to a stage in deployment/stages.ts`,
    );
  return position;
}

/** Each wave holds the stacks whose dependencies within the stage are in earlier waves. cdktf has refused cycles. */
function wavesOf(stacks: readonly DeployedStack[]): readonly (readonly DeployedStack[])[] {
  const waves: DeployedStack[][] = [];
  let left = [...stacks];
  while (left.length > 0) {
    const names = new Set(left.map(({ name }) => name));
    const wave = left.filter(({ dependencies }) => !dependencies.some((name) => names.has(name)));
    if (wave.length === 0) throw new PlanError(`stacks depend on each other in a circle: ${[...names].join(", ")}`);
    waves.push(wave);
    left = left.filter((stack) => !wave.includes(stack));
  }
  return waves;
}
