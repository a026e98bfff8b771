import type { ChartObject } from "../model/definition";
import { POOL_TAINT } from "../model/pod-placement";

/** Label of the pods that fill restored volumes (Velero 1.18.1, pkg/apis/velero/v1/labels_annotations.go, DataDownloadLabel). */
export const RESTORE_POD_LABEL = "velero.io/data-download";

export const RESTORE_PLACEMENT = "restore-pods-tolerate-pools";
const added = `JSONPatch{op: "add", path: "/spec/tolerations/-", value: Object.spec.tolerations{key: "${POOL_TAINT}", operator: "Exists", effect: "NoSchedule"}}`;

/**
 * Lets the pods that fill restored volumes run in dedicated pools.
 *
 * Velero 1.18.1 pins such a pod to the node of the pod that waits for the volume (pkg/exposer/generic_restore.go) and
 * copies two tolerations of other vendors only (pkg/util/third_party.go, ThirdPartyTolerations). Read 2026-11-28.
 * MutatingAdmissionPolicy is generally available from Kubernetes 1.36 on.
 */
export const restorePlacement = (namespace: string): readonly ChartObject[] => [
  {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingAdmissionPolicy",
    metadata: { name: RESTORE_PLACEMENT },
    spec: {
      failurePolicy: "Fail",
      reinvocationPolicy: "IfNeeded",
      matchConstraints: {
        matchPolicy: "Equivalent",
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
        objectSelector: { matchExpressions: [{ key: RESTORE_POD_LABEL, operator: "Exists" }] },
        resourceRules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] }],
      },
      mutations: [
        {
          patchType: "JSONPatch",
          jsonPatch: {
            // An admission plugin that runs earlier may have added tolerations already, or none: the API server of 1.36 takes no list of objects as a value.
            expression: `has(object.spec.tolerations) ? [${added}] : [JSONPatch{op: "add", path: "/spec/tolerations", value: []}, ${added}]`,
          },
        },
      ],
    },
  },
  {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingAdmissionPolicyBinding",
    metadata: { name: RESTORE_PLACEMENT },
    spec: { policyName: RESTORE_PLACEMENT },
  },
];
