import { objectOf, textOf } from "../../readiness/inventory/json";
import { protectedTypes } from "../../catalog/resource-types";
import type { DeployedStack } from "../stack-folder";
import type { Check } from "./check";

export const stateComplete: Check = {
  id: "state",
  title: "A state bucket that exists has the state of the stack that made it",
  stage: "state",
  run: async ({ account, stacks, deployed, hasLocalState, environment }) => {
    const waiting = stacks.filter(
      ({ layer, name }) => layer === "state" && !deployed.has(name) && !hasLocalState(name),
    );
    const gaps = waiting.map(async ({ name, state }) => {
      if (!state || (await account.keys(state)) === undefined) return [];
      return [
        {
          what: `state of ${name}`,
          found: `bucket ${state.bucket} exists, its state is neither in it nor on this computer`,
          expected: `${state.key} in the bucket, or terraform.${environment.name}.${name}.tfstate beside the project`,
          supply: [
            "run plimsoll deploy on the computer where the first deployment began: it moves the state into the bucket",
            `or, when that is lost and the bucket is empty: aws s3 rb s3://${state.bucket}`,
          ],
        },
      ];
    });
    return (await Promise.all(gaps)).flat();
  },
};

interface Lock {
  readonly ID?: string;
  readonly Who?: string;
  readonly Created?: string;
  readonly Operation?: string;
}

export const noLocks: Check = {
  id: "locks",
  title: "No state is locked by another run, or by one that was killed",
  stage: "state",
  run: async ({ account, stacks }) => {
    const gaps = stacks.map(async ({ name, state }) => {
      if (!state) return [];
      const text = await account.readText(state, `${state.key}.tflock`);
      if (text === undefined) return [];
      const { ID = "", Who = "unknown", Created = "unknown", Operation = "unknown" } = JSON.parse(text) as Lock;
      return [
        {
          what: `state of ${name}`,
          found: `locked by ${Who} since ${Created} (${Operation})`,
          expected: "no lock",
          supply: [
            "wait for that run to end",
            `or, when it is known to be dead: terraform -chdir=cdktf.out/stacks/${name} force-unlock ${ID}`,
          ],
        },
      ];
    });
    return (await Promise.all(gaps)).flat();
  },
};

/** Addresses of resources in a state file, without those that a stack only reads. */
export function addressesIn(state: string): readonly string[] {
  const { resources = [] } = JSON.parse(state) as { resources?: readonly unknown[] };
  return resources.map(objectOf).flatMap(({ mode, type, name }) => {
    const [ofType, ofName] = [textOf(type), textOf(name)];
    return mode === "managed" && ofType && ofName ? [`${ofType}.${ofName}`] : [];
  });
}

/** Addresses that hold data in the state and are no longer in the stack's JSON. */
export const lostAddresses = (state: string, terraform: DeployedStack["terraform"]): readonly string[] =>
  addressesIn(state).filter((address) => {
    const [type = "", name = ""] = address.split(".");
    return (
      protectedTypes().some((one) => one === type) &&
      objectOf(objectOf(terraform["resource"])[type])[name] === undefined
    );
  });

const STACK_OF_KEY = /^([a-z0-9-]+)\.tfstate$/;

export const noDataLost: Check = {
  id: "data-loss",
  title: "Nothing that holds data and is deployed is missing from the configuration, unless its loss was agreed to",
  stage: "state",
  run: async ({ account, stacks, stateOf, consented }) => {
    const gap = (address: string) => ({
      what: address,
      found: "deployed, and no longer in the configuration",
      expected: "kept: it holds data, and prevent_destroy went with its block",
      supply: [
        "put it back, or move it: terraform state mv, or a `moved` block",
        `or agree to its loss: --consent '${address}'`,
      ],
    });
    const inStacks = stacks.map(async (stack) => {
      const state = await stateOf(stack);
      return state === undefined ? [] : lostAddresses(state, stack.terraform).map((one) => `${stack.name}/${one}`);
    });
    const buckets = new Map(stacks.flatMap(({ state }) => (state ? [[state.bucket, state] as const] : [])));
    const known = new Set(stacks.map(({ name }) => name));
    const orphans = [...buckets.values()].map(async (bucket) => {
      const names = ((await account.keys(bucket)) ?? []).flatMap((key) => STACK_OF_KEY.exec(key)?.[1] ?? []);
      const gone = names.filter((name) => !known.has(name));
      const states = gone.map(async (name) => {
        const state = await account.readText(bucket, `${name}.tfstate`);
        return state === undefined ? [] : lostAddresses(state, {}).map((address) => `${name}/${address}`);
      });
      return (await Promise.all(states)).flat();
    });
    const lost = (await Promise.all([...inStacks, ...orphans])).flat();
    return lost.filter((address) => !consented.has(address)).map(gap);
  },
};
