import { type Manifest, Manifests } from "../../../constructs/kubernetes/manifests";
import { Made } from "../empty-stack";

const manifest = (name: string): Manifest => ({
  apiVersion: "example.org/v1",
  kind: "Thing",
  metadata: { name, namespace: "shop" },
});
const made = (...names: readonly string[]) =>
  new Made((stack) => {
    for (const name of names)
      new Manifests(stack, name, {
        name,
        namespace: "shop",
        manifests: [manifest(`${name}-one`), manifest(`${name}-two`)],
      });
  });

describe("custom resources", () => {
  it("are one release that holds them as they are written", () => {
    const release = made("things").only("helm_release");
    expect(release).toMatchObject({
      name: "things",
      namespace: "shop",
      atomic: true,
      wait: true,
      upgrade_install: true,
    });
    expect((release["values"] as readonly string[]).map((text) => JSON.parse(text) as unknown)).toEqual([
      { manifests: [manifest("things-one"), manifest("things-two")] },
    ]);
  });

  it("share one chart in a stack, however many releases there are", () => {
    const releases = made("things", "others").all("helm_release");
    expect(releases).toHaveLength(2);
    expect(new Set(releases.map(({ chart }) => chart)).size).toBe(1);
    expect(releases[0]?.["chart"]).toMatch(/^\.\/assets\/manifests-chart\//);
  });
});
