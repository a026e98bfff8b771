import { absentKinds, qualified, restoredKinds, restoreTestNames } from "../../kubernetes/restored-kinds";
import type { ChartObject } from "../model/definition";

const API_GROUP = "admissionregistration.k8s.io/v1";
const { guard: NAME, scratch, group } = restoreTestNames;

const merge = (groupResource: string, spec: string) => ({
  conditions: { groupResource, resourceNameRegex: ".*" },
  mergePatches: [{ patchData: `{"spec":${spec}}` }],
});

/** What restored workloads are changed into before they are made (Velero 1.18 documentation, restore resource modifiers, read 2026-11-29). */
export const idleModifiers = {
  version: "v1",
  resourceModifierRules: [
    merge("deployments.apps", '{"replicas":0}'),
    merge("statefulsets.apps", '{"replicas":0}'),
    merge("cronjobs.batch", '{"suspend":true}'),
  ],
} as const;

const listed = (names: readonly string[]): string => `[${names.map((name) => `"${name}"`).join(", ")}]`;
const allowed = ["persistentvolumes", ...restoredKinds.map(qualified)];

/** Conditions on a Restore that the test's function makes; each with the message of its refusal. */
const validations = [
  {
    expression: `has(object.spec.namespaceMapping) && object.spec.namespaceMapping.size() > 0 && object.spec.namespaceMapping.all(name, object.spec.namespaceMapping[name] == "${scratch}")`,
    message: `a restore test restores into ${scratch} only`,
  },
  {
    expression:
      "has(object.spec.includedNamespaces) && has(object.spec.namespaceMapping) && object.spec.includedNamespaces.size() > 0 && object.spec.includedNamespaces.all(name, name in object.spec.namespaceMapping)",
    message: "a restore test names each namespace that it restores, and maps it",
  },
  {
    expression: `has(object.spec.includedResources) && object.spec.includedResources.size() > 0 && object.spec.includedResources.all(name, name in ${listed(allowed)})`,
    message: `a restore test restores only ${allowed.join(", ")}: not ${absentKinds.map(({ resource }) => resource).join(", ")}`,
  },
  {
    expression: `has(object.spec.resourceModifier) && object.spec.resourceModifier.kind == "ConfigMap" && object.spec.resourceModifier.name == "${NAME}"`,
    message: `a restore test keeps workloads idle by the resource modifier ${NAME}`,
  },
  {
    expression: `!has(object.spec.existingResourcePolicy) || object.spec.existingResourcePolicy == "none"`,
    message: "a restore test changes no object that is there",
  },
  {
    expression:
      "!has(object.spec.hooks) || !has(object.spec.hooks.resources) || object.spec.hooks.resources.size() == 0",
    message: "a restore test runs no hook",
  },
] as const;

/**
 * What holds the restores of the test to the scratch. Who may create a Restore may let Velero write anything anywhere, and
 * RBAC knows no fields: the API server checks them.
 */
export const restoreTestGuard = (namespace: string): readonly ChartObject[] => [
  {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: NAME, namespace },
    data: { "resource-modifiers.yaml": JSON.stringify(idleModifiers) },
  },
  {
    apiVersion: API_GROUP,
    kind: "ValidatingAdmissionPolicy",
    metadata: { name: NAME },
    spec: {
      failurePolicy: "Fail",
      matchConstraints: {
        matchPolicy: "Equivalent",
        resourceRules: [
          {
            apiGroups: ["velero.io"],
            apiVersions: ["*"],
            operations: ["CREATE", "UPDATE"],
            resources: ["restores"],
          },
        ],
      },
      matchConditions: [{ name: "by-the-test", expression: `"${group}" in request.userInfo.groups` }],
      validations: validations.map(({ expression, message }) => ({ expression, message })),
    },
  },
  {
    apiVersion: API_GROUP,
    kind: "ValidatingAdmissionPolicyBinding",
    metadata: { name: NAME },
    spec: { policyName: NAME, validationActions: ["Deny"] },
  },
];
