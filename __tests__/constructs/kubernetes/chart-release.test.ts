import { ChartRelease, type ChartReleaseProps } from "../../../constructs/kubernetes/chart-release";
import { Made } from "../empty-stack";

const chart = {
  key: "thing",
  chart: "thing",
  repository: "https://charts.example.org",
  version: "1.2.3",
  releaseName: "thing",
  namespace: "things",
};
const release = (props: Partial<ChartReleaseProps> = {}) =>
  new Made((stack) => new ChartRelease(stack, "thing", { chart, values: { replicas: 2 }, ...props })).only(
    "helm_release",
  );

describe("the release of a chart", () => {
  it("has its exact version, and is removed when its first installation fails", () =>
    expect(release()).toMatchObject({
      name: "thing",
      namespace: "things",
      chart: "thing",
      repository: "https://charts.example.org",
      version: "1.2.3",
      atomic: true,
      wait: true,
      create_namespace: false,
      values: ['{"replicas":2}'],
    }));

  it("installs definitions unless another release owns them", () => {
    expect(release()).not.toHaveProperty("skip_crds");
    expect(release({ skipCrds: true })["skip_crds"]).toBe(true);
  });
});
