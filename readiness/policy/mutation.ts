import type { ApplicationRecord, Program } from "../../catalog/applications";
import type { Environment } from "../../config/environment";
import type { PlatformFacts, SynthesisedStack } from "../inventory/platform";
import type { Edit } from "./edit";
import type { JsonObject } from "./json";
import { SharingDraft } from "./stack-draft";
import { eachTarget, type Target } from "./target";

export type { JsonObject, JsonValue } from "./json";
export { each, set, unset, update, type Edit } from "./edit";
export { data, manifest, output, resource, type Target } from "./target";

/** What a mutation changes: the stacks as written, and the facts they are judged with. */
export interface Synthesis {
  readonly stacks: readonly SynthesisedStack[];
  readonly facts: PlatformFacts;
}

/** One named change of a platform. */
export interface Mutation {
  readonly name: string;
  /** Returns a changed copy. @throws when nothing changed: such a mutant would prove nothing */
  apply(synthesis: Synthesis): Synthesis;
}

/** Changes every block that `target` selects: `change("API open to the world", resource("aws_eks_cluster"), set("vpc_config.public_access_cidrs", ["0.0.0.0/0"]))`. */
export function change(name: string, target: Target, edit: Edit): Mutation {
  return mutation(name, ({ stacks }) => eachTarget(stacks, target, (block) => (edit(block), block)));
}

/** Removes every block that `target` selects. */
export function remove(name: string, target: Target): Mutation {
  return mutation(name, ({ stacks }) => eachTarget(stacks, target, () => undefined));
}

/** Puts a resource into every stack whose name is, or matches, `stack`. */
export function add(name: string, stack: string | RegExp, type: string, id: string, block: JsonObject): Mutation {
  return mutation(name, ({ stacks }) => {
    for (const draft of stacks.filter((candidate) => named(candidate, stack))) {
      const metadata = { metadata: { path: `${draft.name}/${id}`, uniqueId: id } };
      draft.put(["resource", type, id], { "//": metadata, ...structuredClone(block) });
    }
  });
}

/** Puts a Kubernetes object beside every manifest that `beside` selects, in the same release. */
export function addManifest(name: string, beside: Target, object: JsonObject): Mutation {
  return mutation(name, ({ stacks }) => eachTarget(stacks, beside, (block) => [block, structuredClone(object)]));
}

/** Changes the Terraform of every stack whose name is, or matches, `stack`: for what is no resource (backend, providers, outputs). */
export function changeStack(name: string, stack: string | RegExp, edit: Edit): Mutation {
  return mutation(name, ({ stacks }) =>
    stacks.filter((candidate) => named(candidate, stack)).forEach((draft) => draft.edit(edit)),
  );
}

/** Removes whole stacks. */
export function removeStack(name: string, stack: string | RegExp): Mutation {
  return mutation(name, (draft) => {
    draft.stacks = draft.stacks.filter((candidate) => !named(candidate, stack));
  });
}

/** Judges at another date (ISO). */
export function judgedAt(name: string, now: string): Mutation {
  return mutation(name, (draft) => {
    draft.facts = { ...draft.facts, now };
  });
}

/** Judges against another configuration: the stacks stay as they are. */
export function changeEnvironment(name: string, edit: (environment: Environment) => void): Mutation {
  return mutation(name, ({ facts }) => edit(facts.environment));
}

/** Judges against other records of the applications' code. */
export function changeRecords(name: string, edit: (records: ApplicationRecordDraft[]) => void): Mutation {
  return mutation(name, (draft) => {
    const records = structuredClone(draft.facts.applicationRecords ?? []) as ApplicationRecordDraft[];
    edit(records);
    draft.facts = { ...draft.facts, applicationRecords: records };
  });
}

/** Several changes as one, for a clause that needs more than one place changed. */
export function together(name: string, ...mutations: readonly Mutation[]): Mutation {
  return { name, apply: (synthesis) => mutations.reduce((changed, next) => next.apply(changed), synthesis) };
}

type Writable<Type> = { -readonly [Field in keyof Type]: Type[Field] };
/** A record whose fields, and those of its programs, may be changed. */
export type ApplicationRecordDraft = Writable<Omit<ApplicationRecord, "programs">> & {
  readonly programs: Record<string, Writable<Program>>;
};

interface Draft {
  stacks: SharingDraft[];
  facts: PlatformFacts;
}

function mutation(name: string, edit: (draft: Draft) => void): Mutation {
  return {
    name,
    apply(synthesis) {
      const drafts = synthesis.stacks.map((stack) => new SharingDraft(stack));
      const draft: Draft = {
        stacks: drafts,
        facts: { ...synthesis.facts, environment: structuredClone(synthesis.facts.environment) },
      };
      edit(draft);
      const stacks = draft.stacks.map((stack) => stack.result());
      const same =
        stacks.length === synthesis.stacks.length &&
        stacks.every((stack, index) => stack === synthesis.stacks[index]) &&
        sameFacts(draft.facts, synthesis.facts);
      if (same)
        throw new Error(
          `The mutation "${name}" changes nothing: its target selects no block, or the value is already there.`,
        );
      return { stacks, facts: draft.facts };
    },
  };
}

/** Commitments and recorded shapes are replaced as a whole, so they are compared by identity. */
const sameFacts = (left: PlatformFacts, right: PlatformFacts): boolean =>
  left.now === right.now &&
  left.commitments === right.commitments &&
  left.shapes === right.shapes &&
  left.dataLock === right.dataLock &&
  JSON.stringify(left.applicationRecords) === JSON.stringify(right.applicationRecords) &&
  JSON.stringify(left.environment) === JSON.stringify(right.environment);

const named = (stack: SharingDraft, pattern: string | RegExp): boolean =>
  typeof pattern === "string" ? stack.name === pattern : pattern.test(stack.name);
