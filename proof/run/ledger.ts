import type { Progress } from "./progress";

/** Why something was not proved. Only a missing tool is the machine's fault: `REQUIRE_PROOF=1` makes that one a failure. */
export type Obstacle = "missing tool" | "out of reach";

export interface Failure {
  /** What was tried, with stack and address where there are any. */
  readonly what: string;
  /** The server's or the tool's own words. */
  readonly words: string;
}
export interface Unproved {
  readonly what: string;
  /** Short, the same for all of a kind: the last line of the summary lists it once. */
  readonly because: string;
  readonly obstacle: Obstacle;
  readonly detail: string;
}

/** What a part of the proof proved, what failed, and what could not be proved. */
export class Ledger {
  readonly failures: Failure[] = [];
  readonly unproved: Unproved[] = [];
  private readonly counts = new Map<string, number>();

  constructor(
    readonly part: string,
    readonly progress: Progress,
  ) {}

  /** @param kind in the plural, for example "stacks planned" */
  proved(kind: string, count = 1): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + count);
  }

  failed(what: string, words: string): void {
    this.failures.push({ what, words });
    this.progress.line(`FAILED ${what}\n${indented(words.trim() || "(no words)")}`);
  }

  cannot(
    what: string,
    because: string,
    { obstacle = "out of reach", detail = "" }: { readonly obstacle?: Obstacle; readonly detail?: string } = {},
  ): void {
    this.unproved.push({ what, because, obstacle, detail });
    this.progress.line(`NOT PROVED ${what}: ${because}${detail ? ` (${detail})` : ""}`);
  }

  /** What the machine lacks. */
  lacks(what: string, { tool, message }: { readonly tool: string; readonly message: string }): void {
    this.cannot(what, `${tool} is missing`, { obstacle: "missing tool", detail: message });
  }

  note(text: string): void {
    this.progress.line(text);
  }

  get provedCount(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** "22 stacks planned, 22 stacks validated", sorted. */
  get provedKinds(): string {
    return (
      [...this.counts]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([kind, count]) => `${count} ${kind}`)
        .join(", ") || "nothing"
    );
  }
}

const indented = (text: string): string =>
  text
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n");

/** The lines at the end of a proof; the last one counts. */
export function summaryOf(ledgers: readonly Ledger[], seconds: number): readonly string[] {
  const failures = ledgers.flatMap((ledger) => ledger.failures.map((failure) => ({ ...failure, part: ledger.part })));
  const unproved = ledgers.flatMap((ledger) => ledger.unproved.map((one) => ({ ...one, part: ledger.part })));
  const because = [...new Set(unproved.map((one) => one.because))].sort().join("; ");
  return [
    ...ledgers.map(
      (ledger) =>
        `${ledger.part}: ${ledger.provedKinds}; ${ledger.failures.length} failed, ${ledger.unproved.length} could not be proved`,
    ),
    ...failures.map(
      ({ part, what, words }) =>
        `${part} FAILED ${what}: ${words.trim().split("\n").slice(0, 3).join(" ").slice(0, 600)}`,
    ),
    ...unproved.map(
      ({ part, what, because: why, detail }) => `${part} NOT PROVED ${what}: ${why}${detail ? ` (${detail})` : ""}`,
    ),
    `proof: ${ledgers.reduce((sum, ledger) => sum + ledger.provedCount, 0)} proved, ${failures.length} failed, ` +
      `${unproved.length} could not be proved${unproved.length > 0 ? ` (${because})` : ""}, in ${Math.round(seconds)} s`,
  ];
}

/**
 * 0: nothing failed and something was proved or excused; 1: something failed, or a tool is missing where the proof is required.
 * @param required `REQUIRE_PROOF=1`
 */
export function exitCodeOf(ledgers: readonly Ledger[], required: boolean): 0 | 1 {
  if (ledgers.some(({ failures }) => failures.length > 0)) return 1;
  const idle = ledgers.some((ledger) => ledger.provedCount === 0 && ledger.unproved.length === 0);
  const missing = ledgers.some(({ unproved }) => unproved.some(({ obstacle }) => obstacle === "missing tool"));
  return idle || (required && missing) ? 1 : 0;
}
