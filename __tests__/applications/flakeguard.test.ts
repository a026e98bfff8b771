import { describeApplication, type JsonObject } from "./shipped";

describeApplication("flakeguard", ({ containerIn, inBothRegions, metadata, of, podOf, regions }) => {
  it("serves api :3000, worker :3001 and web :3002 as user 1001 with their flags (FG-01, FG-04, FG-13)", () => {
    for (const [name, port] of [
      ["api", 3000],
      ["worker", 3001],
      ["web", 3002],
    ] as const)
      inBothRegions("kubernetes_deployment_v1", name, (one) => {
        expect((containerIn(one)["port"] as JsonObject[]).map(({ container_port }) => container_port)).toEqual([port]);
        expect(podOf(one)["security_context"]).toMatchObject({ run_as_user: "1001", run_as_non_root: true });
        expect(containerIn(one)).toMatchObject({
          resources: { limits: { cpu: expect.anything() as unknown, memory: expect.anything() as unknown } },
        });
        // The API alone reads the flags: the other two programs would ignore them.
        expect(containerIn(one)["env_from"]).toEqual(
          name === "api" ? [{ config_map_ref: { name: "feature-flags" } }] : undefined,
        );
        expect(JSON.stringify([containerIn(one)["readiness_probe"], containerIn(one)["liveness_probe"]])).toContain(
          "/health",
        );
      });
    inBothRegions("kubernetes_config_map_v1", "feature-flags", ({ block }) =>
      expect(block["data"]).toEqual({
        ENABLE_SLACK_APP: "true",
        ENABLE_GITHUB_WEBHOOKS: "true",
        ENABLE_QUARANTINE_ACTIONS: "true",
      }),
    );
  });
  it("reads secrets by reference only (FG-12)", () =>
    inBothRegions("kubernetes_deployment_v1", "api", (one) => {
      const variables = containerIn(one)["env"] as {
        name: string;
        value?: string;
        value_from?: { secret_key_ref: { name: string; key: string } };
      }[];
      const secret = variables.filter(({ value_from }) => value_from).map(({ name, value }) => [name, value]);
      expect(secret.map(([name]) => name).sort()).toEqual([
        "API_KEY",
        "DATABASE_URL",
        "GITHUB_APP_ID",
        "GITHUB_CLIENT_ID",
        "GITHUB_CLIENT_SECRET",
        "GITHUB_PRIVATE_KEY",
        "GITHUB_WEBHOOK_SECRET",
        "JWT_SECRET",
        "REDIS_URL",
        "SLACK_BOT_TOKEN",
        "SLACK_SIGNING_SECRET",
      ]);
      expect(secret.every(([, value]) => value === undefined)).toBe(true);
    }));
  it("runs the migration, then the seed, then the pods in the primary; the standby suspends both (FG-05)", () => {
    const [primary, secondary] = regions;
    const inStack = (type: string) => of(type).filter(({ stack }) => stack.endsWith(primary));
    const [migration, seed] = ["migration", "seed"].map((name) =>
      inStack("kubernetes_job_v1").find((one) => metadata(one)["name"] === name),
    );
    expect(migration?.block).toMatchObject({
      wait_for_completion: true,
      spec: { active_deadline_seconds: 900, backoff_limit: 2 },
    });
    expect(seed?.block["depends_on"]).toContain(`kubernetes_job_v1.${migration?.id ?? ""}`);
    for (const { block } of inStack("kubernetes_deployment_v1"))
      expect(block["depends_on"]).toEqual(
        expect.arrayContaining([`kubernetes_job_v1.${migration?.id ?? ""}`, `kubernetes_job_v1.${seed?.id ?? ""}`]),
      );
    for (const name of ["migration", "seed"])
      expect(of("kubernetes_cron_job_v1").find((one) => metadata(one)["name"] === name)).toMatchObject({
        stack: `flakeguard-${secondary}`,
        block: { spec: { suspend: true } },
      });
  });
});
