interface Stream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** One line that changes in place on a terminal, and plain lines everywhere else. */
export class Progress {
  private shown = false;
  private readonly began = performance.now();

  constructor(
    private readonly stream: Stream = process.stderr,
    private readonly lively = stream.isTTY === true && !process.env["CI"],
  ) {}

  /** What goes on now; on a terminal only the latest is seen. */
  step(text: string): void {
    const line = `${this.clock()} ${text}`;
    if (!this.lively) {
      this.stream.write(`${line}\n`);
      return;
    }
    this.stream.write(`\r\u001b[K${line.slice(0, Math.max(20, (this.stream.columns ?? 80) - 1))}`);
    this.shown = true;
  }

  /** Stays. */
  line(text: string): void {
    this.stream.write(`${this.shown ? "\r\u001b[K" : ""}${text}\n`);
    this.shown = false;
  }

  private clock(): string {
    const seconds = Math.floor((performance.now() - this.began) / 1000);
    return `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
  }
}
