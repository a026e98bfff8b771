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
    "## Abort",
    "",
    ...markdownTable(
      ["when", "then"],
      gameDay.abort.map(({ when, then }) => [when, then]),
    ),
    "",
  ].join("\n");
