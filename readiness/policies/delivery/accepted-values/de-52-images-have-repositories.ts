import { isObject, type Json, objectOf, textOf } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import type { Subject } from "../../../inventory/subject";
import { holds } from "../../../policy/comparison";
import { change, remove, resource, update } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { notApplicable } from "../../../policy/verdict";

const REGISTRY = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com$/;

/** A repository that something pulls from. */
interface Pulled {
  readonly account: string;
  readonly region: string;
  readonly repository: string;
}
interface Puller extends Subject {
  readonly images: readonly Pulled[];
}

const pulled = (registry: string | undefined, repository: string | undefined): readonly Pulled[] => {
  const [, account, region] = REGISTRY.exec(registry ?? "") ?? [];
  return account === undefined || region === undefined || repository === undefined
    ? []
    : [{ account, region, repository: repository.replace(/[@:].*$/, "") }];
};

const ofImage = (image: string): readonly Pulled[] => {
  const [registry, ...rest] = image.split("/");
  return rest.length === 0 ? [] : pulled(registry, rest.join("/"));
};

/** Images in the values of a chart: as one text, or as registry and repository beside each other. */
function withinValues(value: Json | undefined): readonly Pulled[] {
  if (typeof value === "string") return ofImage(value);
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap(withinValues);
  if (!isObject(value)) return [];
  return [
    ...pulled(textOf(value["registry"]), textOf(value["repository"])),
    ...Object.values(objectOf(value)).flatMap(withinValues),
  ];
}

const subjectOf = ({ stack, address, constructPath, label }: Subject): Subject => ({
  stack,
  address,
  constructPath,
  label,
});

function pullers({ workloads, containers, releases }: Platform): readonly Puller[] {
  return [
    ...workloads.map((workload) => ({
      ...subjectOf(workload),
      images: containers
        .filter((one) => one.stack === workload.stack && one.address === workload.address)
        .flatMap(({ container }) => ofImage(container.image ?? "")),
    })),
    ...releases.map((release) => ({ ...subjectOf(release), images: withinValues(release.values) })),
  ].filter(({ images }) => images.length > 0);
}

const repositories = resource("aws_ecr_repository");
const inSecondary = resource("aws_ecr_repository", (_block, _id, stack) => stack.endsWith("-eu-west-1"));
const mirrored = resource("aws_ecr_repository", (block) => String(block["name"]).includes("docker-hub"));
const longer = update("name", (name) => `${String(name)}s`);

export default policy({
  id: "DE-52",
  severity: "error",
  proves: ["CA-03", "XB-20"],
  title: "Each image of the own registry has its repository in the region that pulls it",
  because:
    "ECR creates no repository when an image is pulled, and one that replication creates has tags that can be moved and no key: pods wait in ImagePullBackOff, in the standby on the day of the failover",
  remedy: "name the image in the application's file: the data stack makes its repository in both regions",
  subjects: pullers,
  check: ({ images }, { environment, repositories: all }) => {
    const own = images.filter(({ account }) => account === environment.accountId);
    if (own.length === 0) return notApplicable("its images are of another account: SU-02 judges that");
    return own.map(({ region, repository }) =>
      holds(
        all.some((one) => one.name === repository && one.region === region),
        `repository ${repository} in ${region}`,
        "there is none of this name",
      ),
    );
  },
  mutants: [
    change("repositories of another name", repositories, longer),
    change("repositories of another name in the secondary", inSecondary, longer),
    remove("no repositories", repositories),
    remove("no repository of mirrored images", mirrored),
  ],
  boundary: {
    holds: change("another key", repositories, (block) => {
      block["tags"] = { mirrored: "yes" };
    }),
    breaks: change("one letter more", repositories, longer),
  },
});
