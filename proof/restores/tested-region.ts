import {
  isObject,
  type Json,
  type JsonObject,
  objectOf,
  objectsOf,
  textMapOf,
  textOf,
  textsOf,
} from "../../readiness/inventory/json";
import { deployFunction, deployMachine, setVariables } from "../promotion/deployed-standby";
import type { EmulatorCalls } from "../promotion/emulator-calls";
import { functionsOf, type DeclaredFunction } from "../promotion/standby-functions";
import type { ProvedStack, Synthesised } from "../run/synthesised";

/** One store of a test, as the state machine describes it. */
export interface TestedStore {
  readonly kind: string;
  readonly name: string;
  readonly identifier: string;
  readonly host: string;
  readonly secret: string;
  readonly scratch: string;
  readonly subnets: string;
  readonly group: string;
  readonly prefix?: string;
}

/** A state machine that tests restores, deployed. */
export interface DeployedTest {
  readonly name: string;
  readonly arn: string;
  readonly check: DeclaredFunction;
  readonly stores: readonly TestedStore[];
  /** Alarms on its metrics, as the stack has them. */
  readonly alarms: readonly JsonObject[];
}

/** Domains under which the stores of the proof are found, by the kind of their resource. */
export const storeDomains = {
  aws_db_instance: "databases.proof",
  aws_elasticache_replication_group: "caches.proof",
} as const;
export const databaseHost = (identifier: string): string => `${identifier}.${storeDomains.aws_db_instance}`;
export const cacheHost = (identifier: string): string =>
  `${identifier}.${storeDomains.aws_elasticache_replication_group}`;

/** The stack of a region's stores, with what a deployment would put in the place of references. */
export class TestedRegion {
  readonly stack: ProvedStack;
  private readonly accountId: string;

  constructor(
    synthesised: Synthesised,
    readonly region: string,
    readonly calls: EmulatorCalls,
  ) {
    const stack = synthesised.stacks.find(({ name }) => name === `stores-${region}`);
    if (stack === undefined) throw new Error(`${synthesised.environment.name} has no stack stores-${region}`);
    this.stack = stack;
    this.accountId = synthesised.environment.accountId;
  }

  /** Functions whose handler begins so: their code is in that folder. */
  functionsFrom(source: string): readonly DeclaredFunction[] {
    return functionsOf(this.stack, `${source}/`);
  }

  /** Every variable of a function, resolved. */
  variablesOf(one: DeclaredFunction): Readonly<Record<string, string>> {
    return Object.fromEntries(Object.entries(one.variables).map(([name, value]) => [name, this.resolved(value)]));
  }

  async deploy(one: DeclaredFunction, variables: Readonly<Record<string, string>>): Promise<void> {
    await deployFunction(this.calls, one, this.accountId);
    await setVariables(this.calls, one.name, { ...this.variablesOf(one), ...variables });
  }

  /** Deploys the test whose machine's name ends so, with its function from that folder; undefined: the region has none. */
  async deployTest(
    ending: string,
    source: string,
    variables: Readonly<Record<string, string>>,
  ): Promise<DeployedTest | undefined> {
    const [address, machine] =
      this.resources("aws_sfn_state_machine").find(([, { name }]) => textOf(name)?.endsWith(ending) === true) ?? [];
    const [check] = this.functionsFrom(source);
    if (address === undefined || machine === undefined || check === undefined) return undefined;
    await this.deploy(check, variables);
    const [name, definition] = [textOf(machine["name"]) ?? "", this.resolved(textOf(machine["definition"]) ?? "")];
    const arn = this.arn("states", `stateMachine:${name}`);
    await deployMachine(this.calls, { name, definition, roleArn: this.arn("iam", `role/${name}`), arn });
    const states = objectOf(objectOf(JSON.parse(definition) as Json)["States"]);
    return {
      name,
      arn,
      check,
      stores: objectsOf(objectOf(states["Stores"])["Result"]).map(
        ({ store }) => objectOf(store) as unknown as TestedStore,
      ),
      alarms: this.resources("aws_cloudwatch_metric_alarm")
        .map(([, alarm]) => alarm)
        .filter(({ dimensions }) => JSON.stringify(dimensions).includes(`aws_sfn_state_machine.${address}.arn`)),
    };
  }

  /** Kubernetes groups that the access entry of a function's role has. */
  groupsOf(source: string): readonly string[] {
    const [check] = this.functionsFrom(source);
    return this.resources("aws_eks_access_entry")
      .filter(([, entry]) => check !== undefined && entry["principal_arn"] === check.role)
      .flatMap(([, entry]) => textsOf(entry["kubernetes_groups"]));
  }

  private resources(type: string): readonly (readonly [string, JsonObject])[] {
    return Object.entries(objectOf(objectOf(this.stack.terraform["resource"])[type])).flatMap(([address, body]) =>
      isObject(body) ? [[address, body] as const] : [],
    );
  }

  private arn(service: string, rest: string): string {
    return `arn:aws:${service}:${service === "iam" ? "" : this.region}:${this.accountId}:${rest}`;
  }

  /** References to stores and functions become what they are here, others their own names. */
  private resolved(text: string): string {
    return text.replaceAll(/\$\{([^}]+)\}/g, (_, expression: string) => {
      const [type = "", address = "", attribute = ""] = expression.split(".");
      const body = this.resources(type).find(([found]) => found === address)?.[1] ?? {};
      if (type === "aws_lambda_function" && attribute === "arn")
        return this.arn("lambda", `function:${textOf(body["function_name"]) ?? ""}`);
      if (type === "aws_db_instance") return databaseHost(textOf(body["identifier"]) ?? "");
      if (type === "aws_elasticache_replication_group") return cacheHost(textOf(body["replication_group_id"]) ?? "");
      return textMapOf(body)[attribute] ?? `${type}-${address}-${attribute}`;
    });
  }
}
