import { environmentNames, isEmulated } from "../config/environment";
import { loadEnvironment } from "../config/load";
import { checks } from "../deployment/preflight/checks";
import { stages } from "../deployment/stages";
import { markdownTable } from "./markdown";

/** What a person does between stages, in order; `minutes` is work, `waits` what passes until it takes effect. */
const manualSteps = [
  {
    before: "state",
    step: "Install Terraform 1.11 or newer and the AWS CLI; log in as the role of the next line. `npx plimsoll doctor` says what is missing",
    minutes: "10",
    waits: "none",
    costs: "free",
  },
  {
    before: "state",
    step: "Create or choose an AWS account for the environment, with a role that may administer it",
    minutes: "15",
    waits: "none",
    costs: "free",
  },
  {
    before: "state",
    step: "Write account, role, domain, networks, API networks and contacts into `config/organisation.ts`; `make synth`",
    minutes: "10",
    waits: "none",
    costs: "free",
  },
  {
    before: "state",
    step: "Request the quotas that `plimsoll deploy --check` names",
    minutes: "5",
    waits: "minutes to days",
    costs: "free",
  },
  {
    before: "certificates",
    step: "Set the NS records that the command prints at the registrar or in the parent zone",
    minutes: "5",
    waits: "up to the TTL of the old records, often 48 h",
    costs: "the domain",
  },
  {
    before: "platform",
    step: "Enter the repository password of the backups, and keep a copy outside AWS: without it no volume can be restored. Enter the credentials of Alertmanager's receivers",
    minutes: "10",
    waits: "none",
    costs: "none beyond the secret",
  },
  {
    before: "platform",
    step: "Copy the charts' images that are on Docker Hub alone to the primary region, with the commands that the preflight prints",
    minutes: "10",
    waits: "replication, most images within 30 minutes",
    costs: "storage in both regions",
  },
  {
    before: "platform",
    step: "Be in one of `apiAccessCidrs`, or on a runner inside the VPC",
    minutes: "5",
    waits: "none",
    costs: "a runner, if you need one",
  },
  {
    before: "applications",
    step: "Push every image to the primary region; `make images`; `make synth`",
    minutes: "15 for each image",
    waits: "replication, most images within 30 minutes",
    costs: "storage in both regions",
  },
  {
    before: "applications",
    step: "Enter the values of the secrets that the command names",
    minutes: "2 for each secret",
    waits: "none",
    costs: "none beyond the secret",
  },
  {
    // Amazon SNS developer guide, "Deleting a topic and subscription", read 2026-11: unconfirmed ones go after 48 hours.
    before: "the end",
    step: "Confirm the subscriptions that Amazon SNS mails to every address of the contacts and the on-call rotation, from the stage data on; after 48 hours it drops those that were not confirmed, and `npx plimsoll deploy --all` asks again",
    minutes: "1 for each message",
    waits: "none",
    costs: "free",
  },
  {
    before: "the end",
    step: "Commit `config/environments/<environment>.data.lock.json`, which the last stage writes, and set the variables of the nightly drift check",
    minutes: "5",
    waits: "none",
    costs: "free",
  },
] as const;

const [begin, end] = ["<!-- written by make docs: deployment -->", "<!-- end of deployment -->"];

/** The page with its generated part: manual steps, stages and checks. @throws when their place is gone from the page */
export function deploymentPage(text: string): string {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 || to < from)
    throw new Error(`docs/deployment.md has no place for the stages: put "${begin}" and "${end}" where they belong.`);
  return `${text.slice(0, from + begin.length)}\n\n${generated()}\n\n${text.slice(to)}`;
}

const budgets = (): readonly string[] =>
  environmentNames
    .map((name) => loadEnvironment({ PLIMSOLL_ENV: name }))
    .map(({ name, budget }) =>
      isEmulated({ name })
        ? `- ${name}: no bill, AWS is emulated on this computer; \`plimsoll cost --env ${name}\` shows what an account would pay`
        : `- ${name}: budget ${budget.usdPerMonth} USD a month, at most ${budget.ceilingUsdPerMonth} at peak and in a failover; \`plimsoll cost --env ${name}\` shows what it costs`,
    );

const generated = (): string =>
  [
    "### Manual steps, in order",
    "",
    ...markdownTable(
      ["before stage", "step", "minutes of work", "then waits", "cost"],
      manualSteps.map(({ before, step, minutes, waits, costs }) => [before, step, minutes, waits, costs]),
    ),
    "",
    "### Stages",
    "",
    `Together at most ${stages.reduce((sum, { minutes }) => sum + minutes, 0)} minutes of waiting for AWS; nothing costs money before the stage state, and most of it begins with data and clusters.`,
    "",
    ...markdownTable(
      ["stage", "what it makes", "minutes, at most", "source"],
      stages.map(({ name, title, minutes, source }) => [name, title, String(minutes), source]),
    ),
    "",
    ...budgets(),
    "",
    "### What each stage checks first",
    "",
    ...markdownTable(
      ["from stage", "check", "makes sure that"],
      checks.map(({ stage, id, title }) => [stage, `\`${id}\``, title]),
    ),
  ].join("\n");
