import { drillRows, drillTable, tooLong } from "../../proof/local/drill-table";
import type { RecoveryStep } from "../../models/recovery/simulation";

const step = (name: string, worstSeconds: number): RecoveryStep => ({
  name,
  bestSeconds: 1,
  likelySeconds: 2,
  worstSeconds,
  mark: "assumed",
  date: "2026-11-29",
  source: "a test",
  arithmetic: "",
});
const timeline = { steps: { first: [step("detection", 96)], branches: [[step("DNS", 60)], [step("writers", 300)]] } };

describe("the table of a drill", () => {
  it("has every step of the model, measured or with the reason why it is not", () => {
    const rows = drillRows(timeline, {
      detection: { seconds: 62.3, of: "the loss" },
      DNS: { notMeasured: "no cache" },
    });
    expect(drillTable(rows).slice(2)).toEqual([
      "| detection | 62 | 1.0 | 2.0 | 96 | the loss |",
      "| DNS | not measured | 1.0 | 2.0 | 60 | no cache |",
      "| writers | not measured | 1.0 | 2.0 | 300 | the drill does not play it |",
    ]);
  });

  it("finds what took longer than the worst of the model", () => {
    const of = (seconds: number): string[] =>
      tooLong(drillRows(timeline, { detection: { seconds, of: "the loss" } })).map((row) => row.step);
    expect(of(96)).toEqual([]);
    expect(of(96.1)).toEqual(["detection"]);
  });
});
