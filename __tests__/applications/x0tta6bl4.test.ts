import { describeApplication } from "./shipped";

describeApplication("x0tta6bl4", ({ containerIn, inBothRegions, regions }) => {
  it("runs the mesh API with its limits after its migration (XB-06, XB-18)", () =>
    inBothRegions("kubernetes_deployment_v1", "api", (one) => {
      expect(containerIn(one)).toMatchObject({
        resources: { limits: { cpu: "500m", memory: "1Gi" } },
        port: [{ container_port: 8000, name: "http" }],
      });
      expect((one.block["depends_on"] as string[]).some((address) => address.startsWith("kubernetes_job_v1."))).toBe(
        one.stack.endsWith(regions[0]),
      );
    }));
});
