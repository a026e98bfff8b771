import { App, type TerraformStack, Testing } from "cdktf";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { PlatformStack } from "../../constructs/aws/platform-stack";
import { fixtureEnvironment } from "../fixtures/platform/environments";

export type Arguments = Readonly<Record<string, unknown>>;

class EmptyStack extends PlatformStack {}

/** What a construct makes on a stack that holds nothing else. */
export class Made {
  private readonly resources: Readonly<Record<string, Readonly<Record<string, Arguments>>>>;

  constructor(build: (stack: TerraformStack) => unknown) {
    const stack = new EmptyStack(new App({ outdir: mkdtempSync(join(tmpdir(), "construct-")) }), "stack", {
      environment: fixtureEnvironment(),
      layer: "network",
      region: "us-east-1",
      role: "primary",
    });
    build(stack);
    const synthesised = JSON.parse(Testing.synth(stack)) as { resource?: Made["resources"] };
    this.resources = synthesised.resource ?? {};
  }

  /** How many resources of each type there are. */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(Object.entries(this.resources).map(([type, all]) => [type, Object.keys(all).length]));
  }

  /** Every resource of the type. @throws Error where there is none: a promise about all would hold of nothing */
  all(type: string): readonly Arguments[] {
    const found = Object.values(this.resources[type] ?? {});
    if (found.length === 0) throw new Error(`no ${type} was made, only ${Object.keys(this.resources).join(", ")}`);
    return found;
  }

  /** The one resource of the type. @throws Error where there are several or none */
  only(type: string): Arguments {
    const [one, ...more] = this.all(type);
    if (one === undefined || more.length > 0) throw new Error(`${more.length + 1} of ${type} were made`);
    return one;
  }
}

/** Statements of a policy document that an argument holds as text. */
export const statementsOf = (document: unknown): readonly Arguments[] =>
  (JSON.parse(String(document)) as { Statement: readonly Arguments[] }).Statement;

/** States of the one state machine, by name. */
export const statesOf = (made: Made): Readonly<Record<string, Arguments>> =>
  (JSON.parse(String(made.only("aws_sfn_state_machine")["definition"])) as { States: Record<string, Arguments> })
    .States;
