import type { Arguments } from "../../empty-stack";

/** What a component and a job have around them on an empty stack. */
export const surroundings = {
  namespace: "shop",
  ownership: { application: "shop", owner: "shopkeepers", tier: 1, costCentre: "cc-2000" },
  image: "registry/shop@sha256:0",
  logs: { format: "json", level: "info", correlation: "trace_id" },
  networkCidr: "10.65.0.0/16",
  servicePorts: {},
  acceptsWrites: true,
  declaration: { file: "here.ts" },
} as const;

/** Holds a workload's pods to the restricted standard: no root, no rights, no change of the image, no token. */
export function expectRestricted(workload: Arguments): void {
  const text = JSON.stringify(workload["spec"]);
  for (const promise of [
    '"automount_service_account_token":false',
    '"run_as_non_root":true',
    '"read_only_root_filesystem":true',
    '"allow_privilege_escalation":false',
    '"drop":["ALL"]',
    '"seccomp_profile":{"type":"RuntimeDefault"}',
  ])
    expect(text).toContain(promise);
}
