import { z } from "zod";
import { allow, settings, violation } from "../../allowed";
import { count, distinctListOf, dnsLabel, listOf, labelName, portName } from "../fields";

const verbs = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"] as const;
const resourceForm = allow(
  z
    .string()
    .max(253)
    .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?(\/[a-z]+)?$/),
  'a resource in the plural, such as "pods" or "worldspecs/status"',
  "a wildcard grants permissions that no review has seen",
);
const groupForm = allow(
  z
    .string()
    .max(253)
    .regex(/^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$/),
  'an API group such as "apps", or "" for the core group',
  "a wildcard grants permissions that no review has seen",
);

/** What pods of the component may do in the Kubernetes API; with it they reach the API server and get a token. */
export const kubernetesRule = settings({
  group: groupForm,
  resources: listOf(resourceForm),
  verbs: listOf(allow(z.enum(verbs), verbs.join(", "), "a wildcard grants permissions that no review has seen")),
  /** Where: in its own namespace, or in all of them. @default namespace */
  scope: allow(
    z.enum(["namespace", "cluster"]),
    "namespace or cluster",
    "a Role and a ClusterRole are all there is",
  ).optional(),
});

/**
 * One of the replicas works, the others wait for its lease.
 * Takeover takes at most lease + retry.
 */
export const leaderElection = settings({
  /** More than `renewSeconds`. */
  leaseSeconds: count(2, 600, "seconds", "a standby waits this long for a leader that has died"),
  /** More than `retrySeconds`. */
  renewSeconds: count(1, 600, "seconds", "the leader gives up when it could not renew for this long"),
  retrySeconds: count(1, 600, "seconds", "each replica asks this often"),
  /** Flags that the program takes: `all` of component-base (`--leader-elect-lease-duration` and the like), or only `--leader-elect`, with the durations above built in. @default all */
  flags: allow(
    z.enum(["all", "leader-elect"]),
    "all or leader-elect",
    "a program exits at a flag that it does not know",
  ).optional(),
  /** Name of the lease that is built into the program: its RBAC rule names it. @default the service account's name - given as a flag */
  leaseName: dnsLabel(63, "it is the name of a Lease").optional(),
});

/** Pods of another namespace that may connect, for example a scraper or a gateway. */
export const source = settings({
  /** One of the platform's own: `monitoring`, `velero`, `external-secrets`, `reloader`, `keda`. (Pods of other applications reach nothing of this one: their own policies open no way to it.) */
  namespace: dnsLabel(63, "it is the name of a namespace"),
  /** A port of the component, by its name. */
  port: portName,
});

const repositories = listOf(
  allow(
    z
      .string()
      .max(256)
      .regex(/^[a-z0-9]+([._/-][a-z0-9]+)*(\/\*)?$/),
    'a repository, or all below it: "mirror/*"',
    "a wildcard alone is every repository of the account",
  ),
);
const actions = allow(z.enum(["pull", "push"]), "pull or push", "push includes pull");

/** Container registries of clouds, reached with short-lived tokens: no key is stored anywhere. */
export const registries = settings({
  /** Amazon ECR of the platform's own account, by EKS Pod Identity; the platform puts the prefix of its organisation before the names, and makes no repository but those of the applications' own images. */
  ecr: listOf(
    settings({
      region: allow(
        z.enum(["us-east-1", "eu-west-1"]),
        "us-east-1 or eu-west-1",
        "the platform knows these two regions",
      ),
      repositories,
      access: actions,
    }),
  ).optional(),
  /** Google Artifact Registry, by workload identity federation: the pod's own OIDC token is exchanged for one of Google's. */
  google: listOf(
    settings({
      project: allow(
        z.string().regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/),
        "a Google Cloud project id of 6 to 30 characters",
        "Google allows these",
      ),
      location: allow(
        z.string().regex(/^[a-z]+(-[a-z]+\d)?$/),
        'a location such as "us" or "europe-west1"',
        "it is part of the registry's host name",
      ),
      repository: labelName("it is part of the registry's path"),
      access: actions,
    }),
  ).optional(),
});

const named = (form: RegExp, allowed: string) =>
  allow(z.string().regex(form), allowed, "a wildcard is every one of the account, and AWS allows these names only");

/** A name twice would be two rights of one resource, of which a reviewer sees the first. */
const once = <Item extends z.ZodType<{ readonly name: string }>>(item: Item) =>
  distinctListOf(item, ({ name }) => name, "a reviewer reads one entry for each, and its access with it");

/** Buckets, queues and tables of the platform's own account, reached by EKS Pod Identity at the endpoints of the pod's own region: no key is stored anywhere. They are made elsewhere, one in each region, with encryption by a key of AWS. */
export const awsResources = settings({
  /** S3. `read` gets and lists objects, `write` puts and deletes them, too. */
  buckets: once(
    settings({
      /** Bucket names are global: "{region}" stands for the pod's own region, and without it both regions would depend on one. */
      name: named(
        /^(?=.*\{region\})(?![.-])(?!.*\.\.)([a-z0-9.-]|\{region\}){1,63}(?<![.-])$/,
        'a bucket name with the region in it, such as "invoices-{region}"',
      ),
      access: allow(z.enum(["read", "write"]), "read or write", "write includes read"),
    }),
  ).optional(),
  /** SQS. */
  queues: distinctListOf(
    settings({
      /** As in every region. */
      name: named(/^[A-Za-z0-9_-]{1,75}(\.fifo)?$/, 'a queue name such as "orders" or "orders.fifo"'),
      access: allow(z.enum(["send", "receive"]), "send or receive", "a queue has those who send and those who receive"),
    }),
    ({ name, access }) => `${access} ${name}`,
    "a reviewer reads one entry for each",
  ).optional(),
  /** DynamoDB, with the indexes of the table. */
  tables: once(
    settings({
      /** As in every region. */
      name: named(/^[A-Za-z0-9_.-]{3,255}$/, 'a table name such as "orders"'),
      access: allow(z.enum(["read", "write"]), "read or write", "write includes read"),
    }),
  ).optional(),
}).superRefine((declared, context) => {
  if (Object.keys(declared).length === 0)
    context.issues.push(
      violation([], declared, {
        allowed: "buckets, queues or tables; or remove aws",
        because: "it gives the pods nothing, and reads like something forgotten",
      }),
    );
});

export type AwsResources = z.infer<typeof awsResources>;
export type KubernetesRule = z.infer<typeof kubernetesRule>;
export type LeaderElection = z.infer<typeof leaderElection>;
export type Source = z.infer<typeof source>;
export type Registries = z.infer<typeof registries>;
