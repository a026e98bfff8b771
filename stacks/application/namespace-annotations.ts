import type { Application } from "../../config/application/schema";
import type { ImageLock } from "../../config/images/lock";
import { annotation } from "../../contract";

/** What the application promises and has, as annotations of its namespace. */
export function namespaceAnnotations(application: Application, images: ImageLock): Readonly<Record<string, string>> {
  const { tier, objectives, databases, caches, claims } = application;
  return {
    [annotation.objectives]: JSON.stringify({ tier, ...(promisedOnly(objectives) as object) }),
    ...(databases || caches
      ? { [annotation.stores]: JSON.stringify({ databases: databases ?? {}, caches: caches ?? {} }) }
      : {}),
    ...(claims ? { [annotation.claims]: JSON.stringify(claims) } : {}),
    ...exampleImages(application, images),
  };
}

/** Objectives without the metrics behind them: those are in the rules. */
const promisedOnly = (objectives: Application["objectives"]): unknown =>
  JSON.parse(JSON.stringify(objectives, (key, value: unknown) => (key === "measuredBy" ? undefined : value)));

/** Says which of the images are examples that name nothing: production is judged by it. */
function exampleImages({ components, jobs }: Application, images: ImageLock): Readonly<Record<string, string>> {
  const examples = [...Object.values(components), ...Object.values(jobs ?? {})]
    .map(({ image }) => image)
    .filter((image) => images[image]?.example);
  return examples.length === 0 ? {} : { [annotation.exampleImages]: [...new Set(examples)].sort().join(", ") };
}
