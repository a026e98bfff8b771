import { setTimeout as sleep } from "node:timers/promises";
import { objectOf, textOf } from "../../readiness/inventory/json";
import { type EmulatorCalls, EmulatorRefusal } from "./emulator-calls";
import { archiveOf, type DeclaredFunction, type PromotionParts } from "./standby-functions";

/** What a deployment made of the parts of a promotion. */
export interface DeployedStandby {
  readonly promotionArn: string;
  readonly gameDayArn: string;
  readonly topicArn: string;
}

const arnOf = (service: string, region: string, accountId: string, rest: string): string =>
  `arn:aws:${service}:${region}:${accountId}:${rest}`;

/** Where a deployment puts the parts: names decide. */
export const deployedStandby = (parts: PromotionParts, accountId: string, topic: string): DeployedStandby => ({
  promotionArn: arnOf("states", parts.region, accountId, `stateMachine:${parts.promotion.name}`),
  gameDayArn: arnOf("states", parts.region, accountId, `stateMachine:${parts.gameDay.name}`),
  topicArn: arnOf("sns", parts.region, accountId, topic),
});

/**
 * Functions and state machines alone, without the stacks around them: their code and their definitions as synthesis
 * wrote them, with the names that a deployment would put in the place of references. What is there already is renewed.
 */
export async function deployStandby(
  calls: { readonly standby: EmulatorCalls; readonly primary: EmulatorCalls },
  parts: PromotionParts,
  accountId: string,
): Promise<DeployedStandby> {
  const topic = `${parts.promotion.name}-notifications`;
  const deployed = deployedStandby(parts, accountId, topic);
  await calls.standby.query("SNS", "sns", { Action: "CreateTopic", Version: "2010-03-31", Name: topic });
  await deployFunction(calls.standby, parts.steps, accountId);
  if (parts.copies !== undefined) {
    await deployFunction(calls.standby, parts.copies.load, accountId);
    await deployFunction(calls.primary, parts.copies.take, accountId);
  }
  const functions = [parts.steps, ...(parts.copies === undefined ? [] : [parts.copies.load])];
  const definitionOf = (text: string): string =>
    functions
      .reduce(
        (all, one) =>
          all.replaceAll(
            `\${aws_lambda_function.${one.address}.arn}`,
            arnOf("lambda", parts.region, accountId, `function:${one.name}`),
          ),
        text,
      )
      .replaceAll(/\$\{aws_sfn_state_machine\.[^}]*promotion[^}]*\.arn\}/g, deployed.promotionArn)
      .replaceAll(/\$\{aws_sns_topic\.[^}]+\}/g, deployed.topicArn);
  for (const machine of [parts.promotion, parts.gameDay]) {
    const definition = definitionOf(machine.definition);
    if (definition.includes("${")) throw new Error(`${machine.name} refers to what is not known: ${definition}`);
    await deployMachine(calls.standby, {
      name: machine.name,
      definition,
      roleArn: arnOf("iam", "", accountId, `role/${machine.name}-states`),
      arn: arnOf("states", parts.region, accountId, `stateMachine:${machine.name}`),
    });
  }
  return deployed;
}

/** One that is there already gets the definition of now. */
export async function deployMachine(
  calls: EmulatorCalls,
  {
    arn,
    ...machine
  }: { readonly name: string; readonly definition: string; readonly roleArn: string; readonly arn: string },
): Promise<void> {
  try {
    await calls.states("CreateStateMachine", machine);
  } catch (error) {
    if (!(error instanceof EmulatorRefusal) || !error.message.includes("StateMachineAlreadyExists")) throw error;
    await calls.states("UpdateStateMachine", { stateMachineArn: arn, definition: machine.definition });
  }
}

/** One that a deployment made gets the code of now: the state machine comes from the same synthesis. */
export async function deployFunction(calls: EmulatorCalls, one: DeclaredFunction, accountId: string): Promise<void> {
  const code = { ZipFile: archiveOf(one) };
  try {
    await calls.functions("POST", "", {
      FunctionName: one.name,
      Runtime: "nodejs22.x",
      Handler: one.handler,
      Timeout: one.timeoutSeconds,
      Role: arnOf("iam", "", accountId, `role/${one.name}`),
      Code: code,
    });
  } catch (error) {
    if (!(error instanceof EmulatorRefusal) || !error.message.includes("ResourceConflictException")) throw error;
    await calls.functions("PUT", `/${one.name}/code`, code);
  }
}

/** Replaces variables of a deployed function; the others stay as they were deployed. */
export async function setVariables(
  calls: EmulatorCalls,
  name: string,
  variables: Readonly<Record<string, string>>,
): Promise<void> {
  const before = objectOf(
    objectOf((await calls.functions("GET", `/${name}/configuration`))["Environment"])["Variables"],
  );
  await calls.functions("PUT", `/${name}/configuration`, { Environment: { Variables: { ...before, ...variables } } });
  for (let asked = 0; asked < 100; asked += 1) {
    const { LastUpdateStatus: status, State: state } = await calls.functions("GET", `/${name}/configuration`);
    if ((textOf(status) ?? "Successful") === "Successful" && (textOf(state) ?? "Active") === "Active") return;
    await sleep(100);
  }
  throw new Error(`${name} is not active 10 s after its variables were set`);
}

/** Calls a function once. @throws Error with its own words when it fails */
export async function invoke(calls: EmulatorCalls, name: string, event: object): Promise<unknown> {
  const answer = await calls.functions("POST", `/${name}/invocations`, event);
  if (answer["errorMessage"] !== undefined) throw new Error(`${name}: ${textOf(answer["errorMessage"]) ?? ""}`);
  return answer;
}
