import { z } from "zod";
import bundled from "./instance-types.json";

const spotSchema = z.strictObject({ meanUsdPerHour: z.number().positive(), discount: z.number().gt(0).lt(1) });

const typeSchema = z.strictObject({
  type: z.string().regex(/^[a-z0-9-]+\.[a-z0-9]+$/),
  vcpu: z.int().positive(),
  memoryMiB: z.int().positive(),
  architecture: z.enum(["amd64", "arm64"]),
  enis: z.int().positive(),
  ipv4PerEni: z.int().positive(),
  maxPodsWithoutPrefix: z.int().positive(),
  branchEnis: z.int().nonnegative(),
  trunking: z.boolean(),
  networkBaselineGbps: z.number().positive(),
  networkBurstGbps: z.number().positive().nullable(),
  ebsBaselineMbps: z.number().positive().nullable(),
  ebsMaxMbps: z.number().positive(),
  burstable: z.boolean(),
  cpuBaselinePercentPerVcpu: z.number().gt(0).max(100).nullable(),
  spot: z.strictObject({ "us-east-1": spotSchema.optional(), "eu-west-1": spotSchema.optional() }),
});

const catalogSchema = z.strictObject({
  schemaVersion: z.literal(1),
  retrieved: z.iso.date(),
  note: z.string(),
  sources: z.record(z.string(), z.strictObject({ location: z.string(), date: z.string(), covers: z.string() })),
  types: z.array(typeSchema),
});

/**
 * One EC2 instance type. `null` is unknown. `networkBaselineGbps` is what the type sustains, `networkBurstGbps` what it reaches for
 * minutes; `cpuBaselinePercentPerVcpu` is what a burstable type sustains without spending credits, null for all others;
 * `maxPodsWithoutPrefix` = ENIs × (addresses − 1) + 2.
 */
export type InstanceType = z.infer<typeof typeSchema>;

export class InstanceTypeError extends Error {
  override readonly name = "InstanceTypeError";
}

/** @throws InstanceTypeError with every problem, naming type and field */
export const loadInstanceTypes = (data: unknown): ReadonlyMap<string, InstanceType> => {
  const parsed = catalogSchema.safeParse(data);
  if (!parsed.success) {
    const rows = (data as { types?: { type?: unknown }[] } | null)?.types;
    const problems = parsed.error.issues.map(({ path, message }) =>
      path[0] === "types" && typeof path[1] === "number"
        ? `${String(rows?.[path[1]]?.type ?? `types[${path[1]}]`)}: ${path.slice(2).join(".")}: ${message}`
        : `${path.join(".") || "the catalogue"}: ${message}`,
    );
    throw new InstanceTypeError(
      `the instance types are not valid:\n${problems.map((problem) => `  ${problem}`).join("\n")}`,
    );
  }
  return new Map(parsed.data.types.map((row) => [row.type, row]));
};

let loaded: ReadonlyMap<string, InstanceType> | undefined;

/** The committed instance types by name, validated once. */
export const instanceTypes = (): ReadonlyMap<string, InstanceType> => (loaded ??= loadInstanceTypes(bundled));

/** @throws InstanceTypeError for a type that the catalogue does not hold */
export const instanceType = (name: string): InstanceType => {
  const found = instanceTypes().get(name);
  if (!found)
    throw new InstanceTypeError(
      `instance type "${name}" is not in catalog/instance-types.json; known: ${[...instanceTypes().keys()].join(", ")}`,
    );
  return found;
};
