import { describeApplication } from "./shipped";

describeApplication("ci-failure-agent", ({ inBothRegions, spec }) => {
  it("scales the api between 3 and 20 replicas with the windows of claim CA-04", () =>
    inBothRegions("kubernetes_horizontal_pod_autoscaler_v2", "api", (one) => {
      expect(spec(one)).toMatchObject({
        min_replicas: 3,
        max_replicas: 20,
        behavior: {
          scale_up: [{ stabilization_window_seconds: 60 }],
          scale_down: [{ stabilization_window_seconds: 300 }],
        },
      });
      const metrics = spec(one)["metric"] as { resource: { name: string; target: { average_utilization: number } } }[];
      expect(metrics.map(({ resource }) => `${resource.name} ${resource.target.average_utilization}`)).toEqual([
        "cpu 70",
        "memory 80",
      ]);
    }));
});
