import type { Commitments, Feature } from "./commitments";

/** Figures of a component that policies compare with what is synthesised. */
export const componentFigures = [
  "replicas.min",
  "replicas.max",
  "scale.cpuPercent",
  "scale.memoryPercent",
  "scale.upWindowSeconds",
  "scale.downWindowSeconds",
  "budget.minAvailable",
  "requests.cpuMillis",
  "requests.memoryMiB",
  "limits.cpuMillis",
  "limits.memoryMiB",
  "port.http",
  "port.metrics",
  "userId",
  "graceSeconds",
] as const;

/** Service level and recovery objectives. */
export const objectiveFigures = [
  "availability",
  "errorRate",
  "latencyMeanMs",
  "latencyP95Ms",
  "latencyP99Ms",
  "rtoMinutes",
  "rpoHours",
  "podRecoveryMinutes",
] as const;

/** Figures of the platform as a whole, with the type of their values. */
export const platformFigures = {
  "pools.general.min": "number",
  "pools.general.max": "number",
  "pools.general.instanceType": "string",
  "regions.primary": "string",
  "regions.secondary": "string",
  "backups.cron": "string",
  "backups.retentionDays": "number",
  "spot.savingPercent": "number",
} as const;

/** One figure, feature or part that an application's claim commits to. */
export type RegisteredCommitment =
  | {
      readonly kind: "component";
      readonly component: string;
      readonly figure: (typeof componentFigures)[number];
      readonly value: number;
    }
  | {
      readonly kind: "feature";
      readonly component: string;
      readonly feature: Feature;
      readonly needs: readonly string[];
    }
  | { readonly kind: "objective"; readonly figure: (typeof objectiveFigures)[number]; readonly value: number }
  | { readonly kind: "declaration"; readonly path: string; readonly value: number | string | boolean }
  | {
      readonly kind: "throughput";
      readonly unit: string;
      readonly total: number;
      readonly perReplica?: number | undefined;
    }
  | { readonly kind: "secret"; readonly secret: string; readonly minimumLength: number }
  | { readonly kind: "step"; readonly step: "migration" | "seed" }
  | {
      readonly kind: "alert";
      readonly alert: string;
      readonly above?: number | undefined;
      readonly below?: number | undefined;
      readonly for?: string | undefined;
      readonly window?: string | undefined;
    }
  | { readonly kind: "probe"; readonly path: string }
  | { readonly kind: "monitoring"; readonly part: string }
  | { readonly kind: "cost"; readonly usdPerMonth: number }
  | {
      readonly kind: "platform";
      readonly figure: keyof typeof platformFigures;
      readonly value: number | string;
    };

/** A claim of an application's own: what it says, and the commitments by which it is judged. */
export interface RegisteredClaim {
  readonly statement: string;
  readonly commitments: readonly RegisteredCommitment[];
}

export type RegisteredClaims = Readonly<Record<string, RegisteredClaim>>;

/** Claims as the annotation of a namespace holds them, and why they cannot be read. */
export function registeredClaimsIn(text: string): { claims: RegisteredClaims; problem: string | undefined } {
  const wrong = (problem: string): { claims: RegisteredClaims; problem: string } => ({ claims: {}, problem });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return wrong("it is not JSON");
  }
  for (const [claim, said] of Object.entries(parsed ?? {})) {
    const { statement, commitments } = (said ?? {}) as Partial<Record<keyof RegisteredClaim, unknown>>;
    if (typeof statement !== "string" || !Array.isArray(commitments))
      return wrong(`${claim} has no statement or no list of commitments`);
    const kinds = commitments.map((one: { readonly kind?: unknown } | null) => String(one?.kind));
    const strange = kinds.find((kind) => !(kind in commitmentOf));
    if (strange !== undefined) return wrong(`${claim} has a commitment of kind ${strange}, which no policy judges`);
  }
  return { claims: parsed as RegisteredClaims, problem: undefined };
}

interface Whose {
  readonly application: string;
  readonly claim: string;
}

/** For each kind: the form in which commitments of readiness reports are held, so that the same policies judge both. */
const commitmentOf: {
  readonly [Kind in RegisteredCommitment["kind"]]: (
    whose: Whose,
    said: Extract<RegisteredCommitment, { readonly kind: Kind }>,
  ) => Partial<Commitments>;
} = {
  component: ({ application, claim }, { component, figure, value }) => ({
    workloads: [{ application, component, figures: [{ claim, figure, value }] }],
  }),
  feature: (whose, { component, feature, needs }) => ({ features: [{ ...whose, component, feature, needs }] }),
  objective: ({ application, claim }, { figure, value }) => ({
    objectives: [{ application, figures: [{ claim, figure, value }] }],
  }),
  declaration: (whose, { path, value }) => ({ declarations: [{ ...whose, path, value }] }),
  throughput: (whose, { unit, total, perReplica }) => ({
    throughput: [{ ...whose, unit, total, perReplica: perReplica ?? null }],
  }),
  secret: (whose, { secret, minimumLength }) => ({ secrets: [{ ...whose, secret, minimumLength }] }),
  step: (whose, { step }) => ({ steps: [{ ...whose, step }] }),
  alert: (whose, { alert, above, below, for: delay, window }) => ({
    alerts: [
      {
        ...whose,
        alert,
        ...(above === undefined ? {} : { above }),
        ...(below === undefined ? {} : { below }),
        ...(delay === undefined ? {} : { for: delay }),
        ...(window === undefined ? {} : { window }),
      },
    ],
  }),
  probe: (whose, { path }) => ({ probes: [{ ...whose, path }] }),
  monitoring: (whose, { part }) => ({ monitoring: [{ ...whose, parts: [part] }] }),
  cost: ({ application, claim }, { usdPerMonth }) => ({
    applications: [{ application, figures: [{ claim, figure: "usdPerMonth", value: usdPerMonth }] }],
  }),
  platform: (whose, { figure, value }) => ({ platform: [{ ...whose, figure, value }] }),
};

/** What an application's own claims commit to. */
export const commitmentsOf = (application: string, claims: RegisteredClaims): Commitments =>
  merged(
    Object.entries(claims).flatMap(([claim, { commitments }]) =>
      commitments.map((said) =>
        // The table is keyed by the kind, which TypeScript does not follow through the union.
        (commitmentOf[said.kind] as (whose: Whose, said: RegisteredCommitment) => Partial<Commitments>)(
          { application, claim },
          said,
        ),
      ),
    ),
  );

/** All of them; of two about the same thing each is judged. */
export function merged(all: readonly Partial<Commitments>[]): Commitments {
  const of = <Kind extends keyof Commitments>(kind: Kind): Commitments[Kind] =>
    all.flatMap((one): readonly unknown[] => one[kind] ?? []) as unknown as Commitments[Kind];
  return {
    platform: of("platform"),
    applications: of("applications"),
    workloads: of("workloads"),
    features: of("features"),
    declarations: of("declarations"),
    objectives: of("objectives"),
    throughput: of("throughput"),
    secrets: of("secrets"),
    steps: of("steps"),
    alerts: of("alerts"),
    probes: of("probes"),
    monitoring: of("monitoring"),
  };
}
