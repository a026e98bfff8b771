import { platformCharts } from "../../catalog/charts";
import { imageMirror, type MirroredImage, mirroredImages } from "../../catalog/charts/model/image-mirror";
import { instanceTypes } from "../../catalog/instance-types";
import { type Environment, regionRoles } from "../../config/environment";
import { objectOf, textMapOf, textOf, textsWithin } from "../../readiness/inventory/json";
import type { DeployedStack } from "../stack-folder";
import type { Check, Gap } from "./check";

type Found = Omit<Gap, "check" | "stage" | "kind">;

interface OwnImage {
  readonly region: string;
  readonly repository: string;
  readonly digest: string;
  readonly stacks: readonly string[];
}

const IMAGE = /\d{12}\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\/([a-z0-9._/-]+)@(sha256:[0-9a-f]{64})/g;

/** Images in the account's own registry that the stacks run, each once. */
export function ownImages(stacks: readonly DeployedStack[]): readonly OwnImage[] {
  const found = new Map<string, OwnImage>();
  for (const { name, terraform } of stacks)
    for (const text of textsWithin(terraform))
      for (const [key, region = "", repository = "", digest = ""] of text.matchAll(IMAGE)) {
        const before = found.get(key)?.stacks ?? [];
        found.set(key, { region, repository, digest, stacks: [...new Set([...before, name])] });
      }
  return [...found.values()];
}

/** "linux/amd64", … of the nodes that a region can have. */
function nodePlatforms({ regions }: Environment, region: string): readonly string[] {
  const role = regionRoles.find((one) => regions[one].name === region);
  const pools = role ? Object.values(regions[role].pools) : [];
  const types = pools.flatMap(({ onDemand, spot }) => [...onDemand.instanceTypes, ...(spot?.instanceTypes ?? [])]);
  const architectures = types.flatMap((type) => instanceTypes().get(type)?.architecture ?? []);
  return [...new Set(architectures)].sort().map((architecture) => `linux/${architecture}`);
}

export const imagesPushed: Check = {
  id: "images",
  title: "Every image is in the registry of its region, for the architecture of the nodes there",
  stage: "applications",
  notEmulated: "the example digests name no image",
  run: async ({ account, environment, stacks }) => {
    const gaps = ownImages(stacks).map(async ({ region, repository, digest, stacks: users }): Promise<Found[]> => {
      const what = `image ${repository} in ${region}, for ${users.join(", ")}`;
      const registry = `${environment.accountId}.dkr.ecr.${region}.amazonaws.com`;
      const push = [
        `aws ecr get-login-password --region ${region} | docker login --username AWS --password-stdin ${registry}`,
        `docker buildx build --platform ${nodePlatforms(environment, region).join(",")} --tag ${registry}/${repository}:<tag> --push .`,
        "make images   # enters the digest into apps/images.lock.json",
      ];
      const platforms = await account.imagePlatforms(region, repository, digest);
      if (platforms === undefined)
        return [{ what, found: `${digest} is not in ${registry}`, expected: "pushed or replicated", supply: push }];
      const lacking = nodePlatforms(environment, region).filter((platform) => !platforms.includes(platform));
      return lacking.length === 0
        ? []
        : [{ what, found: platforms.join(", ") || "no platform", expected: lacking.join(", "), supply: push }];
    });
    return (await Promise.all(gaps)).flat();
  },
};

/** Images of the charts that a region's stacks install from the mirror, each once. */
function chartImages(stacks: readonly DeployedStack[], region: string): readonly MirroredImage[] {
  const releases = stacks
    .filter((stack) => stack.region === region)
    .flatMap(({ terraform }) => Object.values(objectOf(objectOf(terraform["resource"])["helm_release"])).map(objectOf));
  return platformCharts
    .filter(({ chart, version }) =>
      releases.some((release) => release["chart"] === chart && release["version"] === version),
    )
    .flatMap(({ lock }) => mirroredImages(lock.rendered?.images ?? []));
}

export const chartImagesCopied: Check = {
  id: "chart-images",
  title: "Every image that its project has on Docker Hub alone is copied into the registry of its region",
  stage: "platform",
  notEmulated: "no pod of an emulated deployment pulls an image",
  run: async ({ account, environment, stacks }) => {
    const { accountId, organisation, regions } = environment;
    const mirrorIn = (region: string) => imageMirror(accountId, region, organisation);
    const primary = mirrorIn(regions.primary.name);
    const gaps = regionRoles.flatMap((role) =>
      chartImages(stacks, regions[role].name).map(async ({ name, tag }): Promise<Found[]> => {
        const { name: region } = regions[role];
        const { registry, prefix } = mirrorIn(region);
        const platforms = await account.imagePlatforms(region, `${prefix}/${name}`, tag);
        const lacking = nodePlatforms(environment, region).filter((platform) => !platforms?.includes(platform));
        if (platforms !== undefined && lacking.length === 0) return [];
        return [
          {
            what: `image ${prefix}/${name}:${tag} in ${region}`,
            found: platforms === undefined ? `not in ${registry}` : platforms.join(", ") || "no platform",
            expected: platforms === undefined ? "copied, or replicated from the primary region" : lacking.join(", "),
            supply: [
              `aws ecr get-login-password --region ${regions.primary.name} | docker login --username AWS --password-stdin ${primary.registry}`,
              `docker buildx imagetools create --tag ${primary.registry}/${primary.prefix}/${name}:${tag} docker.io/${name}:${tag}`,
            ],
          },
        ];
      }),
    );
    return (await Promise.all(gaps)).flat();
  },
};

interface OwnSecret {
  readonly region: string;
  readonly name: string;
  /** "identifier", "permanent", "generated", "connection" or "entered": who writes its value. */
  readonly origin: string;
}

/** Secrets that the stacks make. */
export const secretsOf = (stacks: readonly DeployedStack[]): readonly OwnSecret[] =>
  stacks.flatMap(({ region, terraform }) =>
    Object.values(objectOf(objectOf(terraform["resource"])["aws_secretsmanager_secret"])).flatMap((body) => {
      const name = textOf(objectOf(body)["name"]);
      const origin = textMapOf(objectOf(body)["tags"])["secret-origin"] ?? "entered";
      return name === undefined || name.includes("${") ? [] : [{ region, name, origin }];
    }),
  );

/** Who writes the value of a secret by itself; every other value is entered by hand. */
const WRITTEN_BY: Readonly<Record<string, string>> = {
  generated: "the rotation function, within minutes of the stage data",
  identifier: "the rotation function, within minutes of the stage data",
  connection: "the function of its store, when the store is made",
};

/** The values that pods of a stage's stacks read: their names stand in the stacks as plain text. */
function secretCheck(id: string, stage: string, layers: (layer: string) => boolean): Check {
  return {
    id,
    title: `Every secret that the stage ${stage} reads has a value`,
    stage,
    notEmulated: "no pod of an emulated deployment reads a secret",
    run: async ({ account, stacks }) => {
      const texts = new Set(stacks.filter(({ layer }) => layers(layer)).flatMap((one) => readNames(one)));
      const read = secretsOf(stacks).filter(({ name }) => texts.has(name));
      const gaps = read.map(async ({ region, name, origin }): Promise<Found[]> => {
        const state = await account.secretState(region, name);
        if (state === "present") return [];
        const writer = WRITTEN_BY[origin];
        const enter = `aws secretsmanager put-secret-value --region ${region} --secret-id ${name} --secret-string file:///dev/stdin`;
        return [
          {
            what: `secret ${name} in ${region}`,
            found: state === "absent" ? "no such secret" : "no value: pods that read it do not start",
            expected: writer === undefined ? "the value that you enter" : `a value, written by ${writer}`,
            supply:
              state === "absent" ? ["plimsoll deploy --until data"] : [writer ? `wait, or enter it: ${enter}` : enter],
          },
        ];
      });
      return (await Promise.all(gaps)).flat();
    },
  };
}

/** Names of secrets in texts, also in the JSON that a chart's values carry. */
const readNames = ({ terraform }: DeployedStack): readonly string[] =>
  textsWithin(terraform).flatMap((text) =>
    [...text.matchAll(/[a-z0-9-]+\/[a-z]+\/[A-Za-z0-9_/-]+/g)].map(([name]) => name),
  );

export const platformSecrets = secretCheck(
  "platform-secrets",
  "platform",
  (layer) => !["application", "data"].includes(layer),
);
export const applicationSecrets = secretCheck(
  "application-secrets",
  "applications",
  (layer) => layer === "application",
);
