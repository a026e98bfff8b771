import { isCreatedAnew, send } from "../../proof/kubernetes/sending";
import type { KubernetesApi, KubernetesObject } from "../../proof/kubernetes/kubernetes-api";
import type { SentObject } from "../../proof/kubernetes/region-content";
import type { Ledger } from "../../proof/run/ledger";

const job = (annotations?: Record<string, string>): KubernetesObject => ({
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: { name: "upgrade", namespace: "backups", ...(annotations ? { annotations } : {}) },
});
const hook = { "helm.sh/hook": "pre-install,pre-upgrade" };

describe("a Job of a hook that is sent again", () => {
  const callsFor = async (object: KubernetesObject): Promise<readonly string[]> => {
    const calls: string[] = [];
    let remaining = 2;
    const api = {
      isNamespaced: () => Promise.resolve(true),
      delete: () => Promise.resolve(void calls.push("delete")),
      get: () => Promise.resolve((calls.push("get"), remaining-- > 0 ? object : undefined)),
      apply: () => Promise.resolve((calls.push("apply"), { object, warnings: [] })),
    };
    const sent: SentObject = {
      stack: "s",
      address: "a",
      origin: "chart",
      object: object as SentObject["object"],
      waited: false,
    };
    await send(api as unknown as KubernetesApi, {} as Ledger, "local", [sent]);
    return calls;
  };

  it("is deleted as Helm does, and created when the earlier one is gone", async () => {
    expect(await callsFor(job(hook))).toEqual(["delete", "get", "get", "get", "apply"]);
  });

  it("is only applied where it belongs to no hook", async () => {
    expect(await callsFor(job())).toEqual(["apply"]);
  });

  it.each([
    [undefined, true],
    ["before-hook-creation,hook-succeeded", true],
    ["hook-succeeded, before-hook-creation", true],
    ["hook-failed", false],
  ])("is created anew with the policy %s: %s", (policy, expected) => {
    const annotations = policy === undefined ? hook : { ...hook, "helm.sh/hook-delete-policy": policy };
    expect(isCreatedAnew(job(annotations))).toBe(expected);
  });
});
