import { fastPaths, unknownFastPaths, WITHOUT } from "../fast-paths/switches";
import type { ConfigurationViolation } from "./configuration-error";
import { nearest } from "./nearest";

/** Variables of the process. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Environment variables that the project reads, with their purpose. */
export const knownVariables = {
  PLIMSOLL_ENV: "environment that is synthesised: production, staging, development or local",
  PLIMSOLL_KUBECONFIGS: "JSON of region to kubeconfig of a local API server, for an emulated deployment",
  PLIMSOLL_NOW: "ISO date by which support dates and waivers are judged",
  PLIMSOLL_BASELINE: "earlier report.json of the environment; report.html shows what changed since",
  PLIMSOLL_CACHE: "folder of engines, charts and API documents of the proof",
  PLIMSOLL_CHARTS: "folder of chart archives",
  PLIMSOLL_CHART_DEFAULTS: "file with the default values of charts",
  PLIMSOLL_CRDS: "folder of custom resource definitions",
  PLIMSOLL_PLAN_ROLE: "IAM role of the nightly plan",
  PLIMSOLL_PROVIDER_MIRROR: "filesystem mirror of Terraform providers",
  PLIMSOLL_SHAPES: "`write` records the shapes of the environments in shapes.lock.json",
  PLIMSOLL_WITHOUT: `fast paths to do without, separated by commas: ${Object.keys(fastPaths).join(", ")}`,
  PLIMSOLL_TEST_TMPDIR: "temporary folder of one run of the tests",
} as const;

/** Variables that look like the project's own and that nothing reads: a mistyped PLIMSOLL_ENV would mean production. */
export function unknownVariables(variables: Variables): ConfigurationViolation[] {
  const known = Object.keys(knownVariables);
  const unknown = Object.keys(variables)
    .filter((name) => /^PLIMSOL/i.test(name) && !known.includes(name))
    .sort()
    .map((name) => {
      const meant = nearest(name.toUpperCase(), known);
      return {
        file: "",
        path: name,
        found: variables[name],
        allowed: `${known.join(", ")}${meant === undefined ? "" : ` (did you mean ${meant}?)`}`,
        because: "nothing reads this variable, so the setting would be ignored",
      };
    });
  const shapes = variables["PLIMSOLL_SHAPES"];
  return [
    ...unknown,
    ...(shapes === undefined || shapes === "" || shapes === "write"
      ? []
      : [
          {
            file: "",
            path: "PLIMSOLL_SHAPES",
            found: shapes,
            allowed: "write, or nothing",
            because: "the shapes are recorded with `write`, and any other word would be ignored",
          },
        ]),
    ...unknownFastPaths(variables[WITHOUT]).map((found) => ({
      file: "",
      path: WITHOUT,
      found,
      allowed: `names separated by commas: ${Object.keys(fastPaths).join(", ")}`,
      because: "a name that is no fast path would be ignored",
    })),
  ];
}
