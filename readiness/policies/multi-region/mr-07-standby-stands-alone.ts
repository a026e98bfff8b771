import { change, changeEnvironment, changeStack, manifest, resource, set, together } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, pass, type Verdict } from "../../policy/verdict";
import { type JsonObject, textsWithin } from "../../inventory/json";
import type { Resource } from "../../inventory/resource";
import type { Platform, Stack } from "../../inventory/platform";
import { clusterOf, stackSubject } from "../../policy-terms/region-subjects";

/** What answers requests at run time. Buckets are left out: backups are written across regions, and read only to restore. */
const endpoints = [
  "aws_db_instance",
  "aws_ecr_repository",
  "aws_eks_cluster",
  "aws_elasticache_replication_group",
  "aws_kms_key",
  "aws_lb",
  "aws_lb_target_group",
  "aws_rds_cluster",
  "aws_secretsmanager_secret",
  "aws_vpc_endpoint",
];
const standby = (type: string) => resource(type, (_, __, stack) => stack.endsWith("eu-west-1"));

export default policy({
  id: "MR-07",
  severity: "error",
  proves: ["CA-07", "CA-09", "FL-28"],
  title: "The secondary depends on no endpoint in the primary",
  because: "a standby that needs the failed region is no standby",
  remedy: "use the endpoint of the stack's own region: its registry, key, secret store and database",
  subjects: (platform) =>
    platform.stacks.filter(({ role, layer }) => role === "secondary" && layer !== "state").map(stackSubject),
  check: ({ of }, platform) => {
    const primary = clusterOf(platform, "primary")?.region;
    const found = primary === undefined ? [] : [...referred(of, platform, primary), ...named(of, platform, primary)];
    return found.length > 0 ? found : pass(`no endpoint of ${primary ?? "the primary"}`);
  },
  mutants: [
    change(
      "images of the primary's registry",
      standby("kubernetes_deployment_v1"),
      set(
        "spec.template.spec.container.image",
        "111122223333.dkr.ecr.us-east-1.amazonaws.com/organisation/app@sha256:0",
      ),
    ),
    change(
      "secrets of the primary",
      manifest("ClusterSecretStore", (_, __, stack) => stack.endsWith("eu-west-1")),
      set("spec.provider.aws.region", "us-east-1"),
    ),
    together(
      "the primary's own name",
      changeEnvironment("", (environment) => {
        environment.domain = "example.org";
      }),
      change(
        "",
        standby("kubernetes_deployment_v1"),
        set("spec.template.spec.container.env", [{ name: "PEER", value: "https://api.us-east-1.example.org" }]),
      ),
    ),
    change(
      "the primary's key",
      standby("aws_ecr_repository"),
      set("encryption_configuration.0.kms_key", "arn:aws:kms:us-east-1:111122223333:key/1"),
    ),
    changeStack("the primary's cluster", "platform-eu-west-1", (terraform) => {
      const text = JSON.stringify(terraform["resource"]).replaceAll(
        "input-cluster-eu-west-1",
        "input-cluster-us-east-1",
      );
      terraform["resource"] = JSON.parse(text) as typeof terraform;
    }),
  ],
  boundary: {
    holds: change(
      "the own registry",
      standby("kubernetes_deployment_v1"),
      set(
        "spec.template.spec.container.image",
        "111122223333.dkr.ecr.eu-west-1.amazonaws.com/organisation/app@sha256:0",
      ),
    ),
    breaks: change(
      "the primary's",
      standby("kubernetes_deployment_v1"),
      set(
        "spec.template.spec.container.image",
        "111122223333.dkr.ecr.us-east-1.amazonaws.com/organisation/app@sha256:1",
      ),
    ),
  },
});

const own = (stack: Stack, platform: Platform) => platform.resources.filter((one) => one.stack === stack.name);

// A permission is no dependency: IAM names the primary's key because backups are also written there.
const referred = (stack: Stack, platform: Platform, primary: string): Verdict[] =>
  own(stack, platform)
    .filter(({ type }) => !type.startsWith("aws_iam_"))
    .flatMap((one) =>
      platform
        .dependencies(one)
        .filter((other) => other.region === primary && endpoints.includes(other.type))
        .map((other) =>
          fail({
            expected: `${one.address} uses a resource of ${stack.region ?? "its region"}`,
            actual: `${other.stack} ${other.address}`,
          }),
        ),
    );

/** The source of a copy is in the primary by nature; it is read while the copy is made, never to serve or to promote. */
const origins = ["replicate_source_db", "source_db_instance_arn"];
const withoutOrigins = (args: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(args).filter(([name]) => !origins.includes(name)));

/** A release of nothing but probes asks whether the other region answers; it needs no answer. */
const onlyProbes = ({ stack, address }: Resource, { releases }: Platform): boolean =>
  releases.some(
    (one) =>
      one.stack === stack &&
      one.address === address &&
      one.manifests.length > 0 &&
      one.manifests.every(({ kind }) => kind === "Probe"),
  );

/** Host names and ARNs of endpoints, and secret stores, that name the primary's region in plain text. */
function named(stack: Stack, platform: Platform, primary: string): Verdict[] {
  const host = new RegExp(
    `\\.${primary}\\.(amazonaws\\.com|${platform.environment.domain.replaceAll(".", "\\.")})|arn:aws:(kms|secretsmanager|rds|elasticache|eks):${primary}:`,
  );
  const texts = own(stack, platform)
    .filter((one) => !onlyProbes(one, platform))
    .flatMap((one) =>
      textsWithin(withoutOrigins(one.arguments))
        .filter((text) => host.test(text))
        .map((text) =>
          fail({
            expected: `${one.address} names no endpoint in ${primary}`,
            actual: text.length > 200 ? (host.exec(text)?.[0] ?? "one") : text,
          }),
        ),
    );
  const stores = platform.objects
    .filter(
      ({ stack: of, object }) =>
        of === stack.name &&
        /SecretStore$/.test(object.kind) &&
        JSON.stringify(object["spec"]).includes(`"region":"${primary}"`),
    )
    .map((store) => fail({ expected: "a secret store of the own region", actual: `${store.label} reads ${primary}` }));
  return [...texts, ...stores];
}
