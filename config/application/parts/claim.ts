import { z } from "zod";
import { features } from "../../../catalog/claims/commitments";
import { componentFigures, objectiveFigures, platformFigures } from "../../../catalog/claims/registered";
import { monitoringParts } from "../../../catalog/monitoring/parts";
import { allow, settings } from "../../allowed";
import { count, listOf, path, text } from "../fields";
import { throughputUnits } from "./throughput";

export const claimName = allow(
  z
    .string()
    .max(30)
    .regex(/^[A-Z][A-Z0-9]*(-[A-Z0-9]+)+$/),
  "an id of at most 30 upper-case letters, digits and hyphens with a hyphen inside, such as SLA-7",
  "findings and reports name the claim by it",
);

const oneOf = <const Names extends readonly [string, ...string[]]>(names: Names, because: string) =>
  allow(z.enum(names), names.join(", "), because);
const judged = "policies compare no other figure";
const figure = allow(z.number().min(0).max(1e9), "a number of 0 or more", "it is compared with what is synthesised");
const parts = monitoringParts.map(({ part }) => part) as [string, ...string[]];
const duration = allow(
  z.string().regex(/^[1-9][0-9]*[smhd]$/),
  "a duration of Prometheus such as 30s, 5m or 1h",
  "it is compared with the rule",
);
const platformNames = Object.keys(platformFigures) as [
  keyof typeof platformFigures,
  ...(keyof typeof platformFigures)[],
];

/** One figure, feature or part by which a claim is judged. */
const commitment = z.discriminatedUnion(
  "kind",
  [
    settings({
      kind: z.literal("component"),
      /** Component of the application. */
      component: z.string(),
      /** Figure of a component, of an objective, or of the platform. */
      figure: oneOf(componentFigures, judged),
      value: figure,
    }),
    settings({
      kind: z.literal("feature"),
      component: z.string(),
      /** Setting that gives the feature; `rights` are those of `kubernetes`. */
      feature: oneOf(features, "policies look for no other feature"),
      /** Entries that the feature must have, such as "liveness" for probes. */
      needs: listOf(text(100, "it is compared with what is synthesised")),
    }),
    settings({ kind: z.literal("objective"), figure: oneOf(objectiveFigures, judged), value: figure }),
    settings({
      kind: z.literal("declaration"),
      /** Path of a setting below databases, caches or objectives. For a probe: path of the public address that is asked from outside. */
      path: allow(
        z.string().regex(/^(databases|caches|objectives)(\.[A-Za-z0-9-]+)+$/),
        'a path below databases, caches or objectives, such as "databases.main.version"',
        "other settings have kinds of their own",
      ),
      value: allow(
        z.union([z.number(), z.string(), z.boolean()]),
        "a number, text or boolean",
        "it must equal what is declared",
      ),
    }),
    settings({
      kind: z.literal("throughput"),
      unit: oneOf(throughputUnits, "replicas that carry the same thing can be added up"),
      /** What all replicas together carry; `throughput.carries` of the components names the claim. */
      total: figure,
      perReplica: figure.optional(),
    }),
    settings({
      kind: z.literal("secret"),
      /** Secret of the application whose value is generated. */
      secret: z.string(),
      minimumLength: count(1, 4096, "characters", "an empty value is no secret"),
    }),
    settings({
      kind: z.literal("step"),
      /** Job that completes before the pods of a release start. */
      step: oneOf(["migration", "seed"], "no other step runs before the pods"),
    }),
    settings({
      kind: z.literal("alert"),
      /** Name of the alert. */
      alert: text(100, "it is the name of the rule"),
      /** Threshold above which it fires, as in its expression. */
      above: figure.optional(),
      /** Threshold below which it fires. */
      below: figure.optional(),
      /** How long the condition holds first. */
      for: duration.optional(),
      /** Range of the samples that are counted. */
      window: duration.optional(),
    }),
    settings({ kind: z.literal("probe"), path }),
    settings({
      kind: z.literal("monitoring"),
      /** Part of the monitoring stack. */
      part: oneOf(parts, "catalog/monitoring/parts.json knows no other"),
    }),
    settings({
      kind: z.literal("cost"),
      /** What the application costs in both regions at its steady state, with its share of the platform. */
      usdPerMonth: figure,
    }),
    settings({
      kind: z.literal("platform"),
      figure: oneOf(platformNames, judged),
      value: allow(z.union([z.number(), z.string()]), "a number or a text", "it is compared with what is synthesised"),
    }),
  ],
  {
    error:
      "component, feature, objective, declaration, throughput, secret, step, alert, probe, monitoring, cost or platform",
  },
);

/** What the application has promised to others, as in a contract or a readiness report of its own. */
export const claim = settings({
  /** The promise in words; reports show it. */
  statement: text(500, "reports show it beside the outcome"),
  /** Everything that must hold for it, each judged by the policy of its kind. */
  commitments: listOf(commitment),
});
