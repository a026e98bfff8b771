import { join } from "node:path";
import { synthesised } from "../harness";
import { RecordedTexts } from "../recorded-text";
import { beyondSibling, normalised } from "./normalised";

const [primary, secondary] = ["us-east-1", "eu-west-1"] as const;
const stacks = synthesised("production");
const text = (name: string): string => normalised(stacks.find((stack) => stack.name === name)?.terraform ?? {});
const names = stacks.map(({ name }) => name).filter((name) => !name.endsWith(secondary));
const recorded = new RecordedTexts(join(__dirname, "recorded", "production"));

describe("stacks of the fixture platform, as recorded by `make snapshots`", () => {
  it.each(names)("%s is unchanged", (name) => {
    recorded.expectSame(name, text(name));
  });

  it.each(names.filter((name) => name.endsWith(primary)))("the other region differs from %s as recorded", (name) => {
    const other = name.replace(primary, secondary);
    recorded.expectSame(other, beyondSibling(text(other), primary, text(name), secondary));
  });

  it("are all stacks", () => {
    expect(names.length + names.filter((name) => name.endsWith(primary)).length).toBe(stacks.length);
    recorded.expectNoOther();
  });
});
