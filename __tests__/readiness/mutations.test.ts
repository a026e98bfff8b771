import {
  add,
  addManifest,
  change,
  changeStack,
  judgedAt,
  manifest,
  remove,
  removeStack,
  resource,
  set,
  together,
  unset,
  type Synthesis,
} from "../../readiness/policy/mutation";
import { fixtureEnvironment } from "../fixtures/platform/environments";
import { judgedOn } from "../harness";

const environment = fixtureEnvironment();

describe("mutations", () => {
  const values = JSON.stringify({
    manifests: [
      { kind: "A", metadata: { name: "a" }, spec: { n: 1 } },
      { kind: "B", metadata: { name: "b" } },
    ],
  });
  const synthesis: Synthesis = {
    facts: { environment, now: judgedOn },
    stacks: [
      {
        name: "s-1",
        terraform: {
          resource: {
            aws_x: {
              one: { size: 1, list: [{ n: 1 }, { n: 2 }], policy: '{"Statement":[{"Action":"a"}]}' },
              two: { size: 2 },
            },
            helm_release: { m: { values: [values] } },
          },
        },
      },
    ],
  };
  const after = (mutation: ReturnType<typeof change>) => JSON.stringify(mutation.apply(synthesis).stacks);

  it("change blocks, lists, JSON in text and manifests of a release", () => {
    expect(
      after(
        change(
          "m",
          resource("aws_x", (_block, id) => id === "two"),
          set("size", 9),
        ),
      ),
    ).toContain('"two":{"size":9}');
    expect(
      after(
        change(
          "m",
          resource("aws_x", (_block, id) => id === "one"),
          set("list.n", 9),
        ),
      ),
    ).toContain('[{"n":9},{"n":9}]');
    expect(
      after(
        change(
          "m",
          resource("aws_x", (_block, id) => id === "one"),
          set("policy.Statement.Action", "*"),
        ),
      ),
    ).toContain('\\"Action\\":\\"*\\"');
    expect(after(change("m", manifest("A"), unset("spec.n")))).toContain('\\"spec\\":{}');
    expect(after(addManifest("m", manifest("A"), { kind: "C" }))).toContain('\\"kind\\":\\"C\\"');
    expect(after(remove("m", manifest("B")))).not.toContain('\\"B\\"');
    expect(after(remove("m", resource("aws_x")))).not.toContain("size");
    expect(after(add("m", /^s-/, "aws_y", "new", { a: 1 }))).toContain('"path":"s-1/new"');
    expect(after(removeStack("m", "s-1"))).toBe("[]");
    expect(after(changeStack("m", "s-1", set("terraform.backend", "x")))).toContain('"backend":"x"');
    expect(together("m", judgedAt("a", "2027-01-01"), removeStack("b", "s-1")).apply(synthesis)).toMatchObject({
      stacks: [],
      facts: { now: "2027-01-01" },
    });
  });

  it("share every block that they do not change", () => {
    const blocks = ({ stacks }: Synthesis) =>
      stacks[0]?.terraform["resource"] as Record<string, Record<string, object>>;
    const changes = [
      change(
        "m",
        resource("aws_x", (_block, id) => id === "two"),
        set("size", 9),
      ),
      remove(
        "m",
        resource("aws_x", (_block, id) => id === "two"),
      ),
      add("m", "s-1", "aws_y", "new", {}),
      changeStack("m", "s-1", set("resource.aws_x.two.size", 9)),
    ];
    for (const mutation of changes) {
      const changed = blocks(mutation.apply(synthesis));
      expect([
        changed["aws_x"]?.["one"] === blocks(synthesis)["aws_x"]?.["one"],
        changed["helm_release"]?.["m"] === blocks(synthesis)["helm_release"]?.["m"],
      ]).toEqual([true, true]);
    }
  });

  it("leave the original alone and never change nothing", () => {
    const before = JSON.stringify(synthesis);
    change("m", resource("aws_x"), set("size", 3)).apply(synthesis);
    expect(JSON.stringify(synthesis)).toBe(before);
    for (const empty of [
      change("m", resource("aws_z"), set("a", 1)),
      change(
        "m",
        resource("aws_x", (_b, id) => id === "two"),
        set("size", 2),
      ),
      remove("m", manifest("Z")),
    ])
      expect(() => empty.apply(synthesis)).toThrow('The mutation "m" changes nothing');
  });
});
