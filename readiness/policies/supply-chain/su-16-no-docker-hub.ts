import { platformCharts } from "../../../catalog/charts";
import { exampleMirror, imageMirror } from "../../../catalog/charts/model/image-mirror";
import type { Json } from "../../inventory/json";
import type { Platform } from "../../inventory/platform";
import { change, set, unset, update } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, isUnresolved, pass, unknown, type Verdict } from "../../policy/verdict";
import { deployments, releaseOf } from "../../policy-terms/targets";

type Release = Platform["releases"][number];
type Workload = Platform["workloads"][number];
const KEYS: ReadonlySet<string> = new Set(["image", "imageRegistry", "registry", "repository", "tag", "digest"]);

/** Texts of a chart's values that decide where an image comes from, by path. */
function imageValues(value: Json | undefined, path = ""): readonly (readonly [path: string, text: string])[] {
  if (value === undefined || value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]: [string, Json | undefined]) => {
    const at = path === "" ? key : `${path}.${key}`;
    return typeof inner === "string" && KEYS.has(key) ? [[at, inner] as const] : imageValues(inner, at);
  });
}

/** A name whose first part is no host is on Docker Hub: a host has a dot or a port, or is `localhost`. */
const onDockerHub = (image: string): boolean =>
  /^(([a-z0-9-]+\.)*docker\.(io|com)$|([a-z0-9-]+\.)*docker\.(io|com)\/)/.test(image) ||
  !/^([^/]*[.:][^/]*|localhost)\//.test(image);

function ofRelease(release: Release, { environment }: Platform): Verdict | Verdict[] {
  const name = `${release.chart ?? release.label} ${release.version ?? ""}`.trim();
  const chart = platformCharts.find(({ lock }) => lock.chart === release.chart && lock.version === release.version);
  const rendered = chart?.lock.rendered?.images;
  if (chart === undefined || rendered === undefined || release.region === undefined)
    return unknown(`which images ${name} runs is not recorded; add it to catalog/charts and run \`make charts\``);
  const mirror = imageMirror(environment.accountId, release.region, environment.organisation);
  const here = (text: string): string =>
    text.replace(exampleMirror.registry, mirror.registry).replace(exampleMirror.prefix, mirror.prefix);
  const found = new Map(imageValues(release.values));
  const shown = imageValues(chart.exampleValues() as Json).map(([path, text]) => [path, here(text)] as const);
  const missing = shown.filter(([path]) => !found.has(path));
  const other = [...found].filter(([path, text]) => !shown.some(([at, same]) => at === path && same === text));
  const hub = rendered.map(here).filter(onDockerHub);
  const verdicts = [
    ...missing.map(([path, text]) => fail({ expected: text, actual: "not set: the chart's own default", field: path })),
    ...other.map(([path, text]) =>
      /docker\.(io|com)/.test(text)
        ? fail({ expected: "another registry than Docker Hub", actual: text, field: path })
        : unknown(`${path} is ${text}, with which ${name} was not rendered; run \`make charts\``, path),
    ),
    ...hub.map((image) => fail({ expected: "another registry than Docker Hub", actual: image, field: "values" })),
  ];
  return verdicts.length > 0 ? verdicts : pass(`${name}: ${rendered.map(here).join(", ") || "no image"}`);
}

const image = "spec.template.spec.container.image";

export default policy({
  id: "SU-16",
  severity: "error",
  proves: [],
  beyond: "no report says where the charts' images come from; the limit stops the nodes that a failover adds",
  title: "No pod pulls an image from Docker Hub",
  because:
    "Docker Hub answers 100 anonymous pulls in 6 hours and address, and all nodes of a region share the address of its NAT gateway: nodes that a failover adds start no pods",
  remedy:
    "name the registry where the project publishes the same image (quay.io, ghcr.io), or take it from the mirror in ECR: `mirror` in the chart's settings",
  subjects: ({ releases, workloads }) => [...releases.filter(({ local }) => !local), ...workloads],
  check: (subject: Release | Workload, platform): Verdict | Verdict[] => {
    if ("values" in subject) return ofRelease(subject, platform);
    const verdicts = subject.containers.map(({ image: named }) =>
      named === undefined || isUnresolved(named)
        ? unknown("the image is only known after deployment", "image")
        : onDockerHub(named)
          ? fail({ expected: "another registry than Docker Hub", actual: named, field: "image" })
          : pass(named),
    );
    return verdicts.length > 0 ? verdicts : pass("no container of its own");
  },
  mutants: [
    change("the chart's default, without the mirror", releaseOf("grafana"), unset("values.0.image")),
    change("Docker Hub by name", releaseOf("loki"), set("values.0.loki.image.registry", "docker.io")),
    change("Docker Hub's other host", releaseOf("alloy"), set("values.0.image.registry", "registry-1.docker.io")),
    change(
      "an image in a list",
      releaseOf("velero"),
      set("values.0.initContainers.0.image", "docker.io/velero/velero-plugin-for-aws:v1.14.2"),
    ),
    change("without a host", releaseOf("prometheus-redis-exporter"), unset("values.0.image.repository")),
    change("in a pod of our own", deployments, set(image, `example/storefront@sha256:${"0".repeat(64)}`)),
  ],
  boundary: {
    holds: change(
      "another image of the same registry",
      deployments,
      update(image, (text) => String(text).replace("storefront@", "docker.io@")),
    ),
    breaks: change("a host that ends like it", deployments, set(image, `index.docker.io/example/storefront:1.0.0`)),
  },
});
