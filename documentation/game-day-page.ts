import { gameDay } from "../catalog/game-day";
import { markdownTable } from "./markdown";

/** `docs/game-day.md`: the scheduled exercise of recovery. */
export const gameDayPage = (): string =>
  [
    "# Game day",
    "",
    `The exercise of recovery is announced each quarter, on the second Tuesday at 08:00 UTC (\`${gameDay.schedule}\`), with a dry run of the promotion. It takes ${gameDay.duration}. Policy MR-09 holds the schedule, the steps and the abort conditions.`,
    "",
    "## Who",
    "",
    ...markdownTable(
      ["role", "does"],
      gameDay.roles.map(({ role, does }) => [role, does]),
    ),
    "",
    "## Before it begins",
    "",
    ...gameDay.before.map((line) => `- ${line}`),
    "",
    "## Steps",
    "",
    ...markdownTable(
      ["", "step", "command", "expected", "measures"],
      gameDay.steps.map(({ step, command, expect, measures }, index) => [
        String(index + 1),
        step,
        command === undefined ? "" : `\`${command}\``,
        expect,
        measures,
      ]),
    ),
    "",
    "## Rehearse it on one machine",
    "",
    "`make deploy ENV=local`, then `make drill ENV=local`, plays steps 1 to 3 for the loss of the whole region, in about ten minutes: the primary's API server, its emulated AWS, its databases and caches end; the health checks fail by their own interval; the deployed latch engages by its own schedule; the state machine promotes real PostgreSQL replicas, loads the copies of caches, runs migrations and starts writers. It ends with a table of measured times beside those that the recovery model computes, and with what was lost of the rows and entries that the primary had confirmed. What no emulator plays is named NOT PROVED each time: how fast RDS and ElastiCache act, Route 53's own checkers, IAM, and load. Those times are measured on a game day alone. Afterwards `make destroy ENV=local` ends what is left.",
    "",
    "## Abort",
    "",
    ...markdownTable(
      ["when", "then"],
      gameDay.abort.map(({ when, then }) => [when, then]),
    ),
    "",
  ].join("\n");
