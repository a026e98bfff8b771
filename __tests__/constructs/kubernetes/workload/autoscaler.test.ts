import { Autoscaler, type AutoscalerProps } from "../../../../constructs/kubernetes/workload/autoscaler";
import { Made } from "../../empty-stack";

const specOf = (scale: Partial<AutoscalerProps["scale"]>) =>
  new Made(
    (stack) =>
      new Autoscaler(stack, "autoscaler", {
        metadata: { name: "api", namespace: "shop", labels: {} },
        scale: { min: 2, max: 9, ...scale },
        target: { kind: "Deployment", name: "api" },
        dependsOn: [],
      }),
  ).only("kubernetes_horizontal_pod_autoscaler_v2")["spec"];

describe("an autoscaler", () => {
  it("scales its target in the declared range by the declared utilisations", () =>
    expect(specOf({ cpuPercent: 70, memoryPercent: 80 })).toMatchObject({
      scale_target_ref: { api_version: "apps/v1", kind: "Deployment", name: "api" },
      min_replicas: 2,
      max_replicas: 9,
      metric: ["cpu", "memory"].map((name, index) => ({
        type: "Resource",
        resource: { name, target: { type: "Utilization", average_utilization: [70, 80][index] } },
      })),
    }));

  it("leaves out what is not declared", () =>
    expect((specOf({ cpuPercent: 70 }) as { readonly metric: readonly object[] }).metric).toHaveLength(1));

  it.each([
    [{}, 0, 300],
    [{ upWindowSeconds: 60, downWindowSeconds: 600 }, 60, 600],
  ])("with the windows %j waits %d s before more pods and %d s before fewer", (windows, up, down) =>
    expect(specOf({ cpuPercent: 70, ...windows })).toMatchObject({
      behavior: {
        scale_up: [{ stabilization_window_seconds: up, select_policy: "Max" }],
        scale_down: [{ stabilization_window_seconds: down, select_policy: "Min" }],
      },
    }),
  );
});
