import { computedIn, keyOf, type Pair, refusedReplacements } from "./replacement";
import { applyingRules, differingPaths, forcing, ignores, valueAt } from "./rules";
import type {
  Change,
  ChangeReport,
  Declaration,
  Declared,
  DestroyNote,
  Loss,
  ProviderTraits,
  Remark,
  TypeTraits,
} from "./types";

const byKey = (resources: readonly Declared[]): Map<string, Declared> =>
  new Map(resources.map((one) => [keyOf(one), one]));

/** What Terraform does to go from one configuration to another, and what AWS, Kubernetes and the providers make of it. */
export function compareDeclarations(before: Declaration, after: Declaration, traits: ProviderTraits): ChangeReport {
  const [old, now] = [byKey(before.resources), byKey(after.resources)];
  const formerOf = (key: string): string => after.moved.get(key) ?? key;
  const kept = new Set([...now.keys()].map(formerOf));
  const added = after.resources.filter((one) => !old.has(formerOf(keyOf(one))));
  const gone = before.resources.filter((one) => !kept.has(keyOf(one)));
  const removed = gone.filter((one) => !after.forgotten.has(keyOf(one)));
  const pairs = withCauses(
    after.resources.flatMap((one): Pair[] => {
      const was = old.get(formerOf(keyOf(one)));
      return was ? [pairOf(was, one, traits[one.type])] : [];
    }),
    traits,
  );
  const replaced = pairs.filter(({ because }) => because.length > 0);
  return {
    changes: [
      ...gone.map((one) => change(one, after.forgotten.has(keyOf(one)) ? "forgotten" : "removed")),
      ...added.map((one) => change(one, "added")),
      ...pairs.flatMap((pair) => pairChange(pair, traits)),
    ],
    losses: [
      ...removed.flatMap((one) => loss(one, "removed", traits[one.type], added)),
      ...replaced
        .filter(({ after: { preventsDestroy } }) => !preventsDestroy)
        .flatMap(({ before: was }) => loss(was, "replaced", traits[was.type], [])),
    ],
    rejected: [
      ...replaced.filter((pair) => pair.after.preventsDestroy).map(refusedByTerraform),
      ...refusedReplacements(pairs, traits),
      ...pairs.flatMap((pair) => remarks(pair, traits, "rejected")),
      ...removed.flatMap((one) => nameTaken(one, added, traits[one.type])),
    ],
    mayBeRejected: pairs.flatMap((pair) => remarks(pair, traits, "mayBeRejected")),
    ignored: [...pairs.flatMap((pair) => remarks(pair, traits, "ignored")), ...pairs.flatMap(ignoredByConfiguration)],
  };
}

const change = ({ stack, address, type }: Declared, kind: "added" | "removed" | "forgotten"): Change => ({
  stack,
  address,
  type,
  kind,
  differs: [],
  because: [],
});

function pairOf(before: Declared, after: Declared, traits: TypeTraits | undefined): Pair {
  const differs = differingPaths(before, after, traits?.unordered).filter((path) => !ignores(after, path));
  const rules = applyingRules(traits?.rules ?? [], before, after, differs).filter(
    ({ effect }) => effect === "replaced",
  );
  return {
    before,
    after,
    differs,
    because: [
      ...(before.region === after.region ? [] : [`region ${before.region ?? "?"} → ${after.region ?? "?"}`]),
      ...forcing(traits?.forcesReplacement ?? [], differs),
      ...rules.map(({ on, says }) => `${on}: ${says}`),
    ],
  };
}

/** A replaced resource has another ARN and id: what names these in an argument that forces replacement is replaced too. */
function withCauses(pairs: readonly Pair[], traits: ProviderTraits): readonly Pair[] {
  const replaced = new Set(pairs.filter(({ because }) => because.length > 0).map(({ before }) => keyOf(before)));
  const caused = pairs.map((pair): Pair => {
    if (pair.because.length > 0 || replaced.size === 0) return pair;
    const causes = (traits[pair.after.type]?.forcesReplacement ?? []).flatMap((argument) =>
      ignores(pair.after, argument)
        ? []
        : computedIn(valueAt(pair.after, argument))
            .filter((key) => replaced.has(key))
            .map((key) => `${argument}: ${key} is replaced`),
    );
    return causes.length === 0 ? pair : { ...pair, because: causes };
  });
  const more = caused.some(({ because }, index) => because.length > 0 && pairs[index]?.because.length === 0);
  return more ? withCauses(caused, traits) : caused;
}

function pairChange({ after: { stack, address, type }, differs, because }: Pair, traits: ProviderTraits): Change[] {
  if (differs.length === 0 && because.length === 0) return [];
  const known = traits[type]?.forcesReplacement !== undefined;
  const kind = because.length > 0 ? "replaced" : known ? "in place" : "undetermined";
  const means = kind === "replaced" ? traits[type]?.replacing?.says : undefined;
  return [{ stack, address, type, kind, differs, because, ...(means === undefined ? {} : { means }) }];
}

const matches = (resource: Declared, { argument, equals }: DestroyNote): boolean => {
  const value = valueAt(resource, argument);
  return equals === undefined ? value !== "" : value === String(equals);
};

function loss(
  resource: Declared,
  kind: Loss["kind"],
  traits: TypeTraits | undefined,
  added: readonly Declared[],
): Loss[] {
  const holds = traits?.holds;
  if (!holds || (holds.where !== undefined && valueAt(resource, holds.where) === "")) return [];
  const notes = (traits.onDestroy ?? []).filter((note) => matches(resource, note));
  if (notes.some(({ keeps }) => keeps === true)) return [];
  const successor = sameName(resource, added, traits);
  return [
    {
      subject: keyOf(resource),
      kind,
      what: holds.what,
      wasProtected: resource.preventsDestroy,
      onDestroy: notes.map(({ argument, says }) => says.replace("{value}", valueAt(resource, argument))),
      ...(successor ? { nowAt: keyOf(successor) } : {}),
    },
  ];
}

function sameName(resource: Declared, added: readonly Declared[], traits: TypeTraits): Declared | undefined {
  const { identity } = traits;
  if (identity === undefined) return undefined;
  const name = valueAt(resource, identity);
  return name === ""
    ? undefined
    : added.find(
        (one) => one.type === resource.type && one.region === resource.region && valueAt(one, identity) === name,
      );
}

/** Terraform makes and destroys at the same time: the name of what is at another address now is not free yet. */
function nameTaken(resource: Declared, added: readonly Declared[], traits: TypeTraits | undefined): Remark[] {
  const successor = traits && sameName(resource, added, traits);
  if (!successor) return [];
  return [
    {
      subject: keyOf(successor),
      argument: traits.identity ?? "",
      before: keyOf(resource),
      after: keyOf(successor),
      says:
        traits.nameStaysTaken?.says ??
        "the name is taken until the object at the former address is destroyed; write a moved block instead",
      source: traits.nameStaysTaken?.source ?? traits.source,
    },
  ];
}

const refusedByTerraform = ({ before, after, because }: Pair): Remark => ({
  subject: keyOf(after),
  argument: "lifecycle.prevent_destroy",
  before: keyOf(before),
  after: "replaced",
  says: `Terraform refuses the plan, because prevent_destroy is set and it would be replaced (${because.join(", ")})`,
  source: "https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle",
});

function remarks(
  { before, after, differs, because }: Pair,
  traits: ProviderTraits,
  effect: "rejected" | "mayBeRejected" | "ignored",
): Remark[] {
  // What is replaced is made anew: nothing of it is updated.
  if (because.length > 0) return [];
  return applyingRules(traits[after.type]?.rules ?? [], before, after, differs)
    .filter((rule) => rule.effect === effect)
    .map(({ on, says, source }) => ({
      subject: keyOf(after),
      argument: on,
      before: valueAt(before, on),
      after: valueAt(after, on),
      says,
      source,
    }));
}

const ignoredByConfiguration = ({ before, after, because }: Pair): Remark[] =>
  (because.length > 0 ? [] : differingPaths(before, after))
    .filter((path) => ignores(after, path))
    .map((path) => ({
      subject: keyOf(after),
      argument: path,
      before: valueAt(before, path),
      after: valueAt(after, path),
      says: "the configuration ignores changes of it (lifecycle.ignore_changes): what is deployed stays as it is",
      source: "https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle",
    }));
