/** Text for people, or one JSON document for programs; never both on standard output. */
export class Output {
  constructor(
    private readonly asJson: boolean,
    private readonly stream: { write(text: string): unknown } = process.stdout,
  ) {}

  lines(lines: readonly string[]): void {
    if (!this.asJson && lines.length > 0) this.stream.write(`${lines.join("\n")}\n`);
  }

  json(document: unknown): void {
    if (this.asJson) this.stream.write(`${JSON.stringify(document, undefined, 2)}\n`);
  }
}
