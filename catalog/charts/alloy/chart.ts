import { chart } from "../model/definition";
import { exampleMirror, type ImageMirror } from "../model/image-mirror";
import { everyNode, NODE_AGENTS_NAMESPACE } from "../model/monitoring-placement";
import { resources } from "../model/pod-placement";
import lock from "./lock.json";

/** Pods of its own node only; JSON fields that Grafana links by become structured metadata. */
const configuration = `
discovery.kubernetes "pods" {
  role = "pod"
  selectors {
    role  = "pod"
    field = "spec.nodeName=" + sys.env("NODE_NAME")
  }
}

discovery.relabel "pods" {
  targets = discovery.kubernetes.pods.targets
  rule {
    source_labels = ["__meta_kubernetes_namespace"]
    target_label  = "namespace"
  }
  rule {
    source_labels = ["__meta_kubernetes_pod_name"]
    target_label  = "pod"
  }
  rule {
    source_labels = ["__meta_kubernetes_pod_container_name"]
    target_label  = "container"
  }
  rule {
    source_labels = ["__meta_kubernetes_pod_label_app_kubernetes_io_part_of"]
    target_label  = "application"
  }
  rule {
    source_labels = ["__meta_kubernetes_pod_uid", "__meta_kubernetes_pod_container_name"]
    separator     = "/"
    replacement   = "/var/log/pods/*$1/*.log"
    target_label  = "__path__"
  }
}

local.file_match "pods" {
  path_targets = discovery.relabel.pods.output
}

loki.source.file "pods" {
  targets    = local.file_match.pods.targets
  forward_to = [loki.process.pods.receiver]
}

loki.process "pods" {
  forward_to = [loki.write.region.receiver]
  stage.cri {}
  stage.json {
    expressions = { level = "level", trace_id = "trace_id" }
  }
  stage.labels {
    values = { level = "" }
  }
  stage.structured_metadata {
    values = { trace_id = "" }
  }
  stage.limit {
    rate  = 1000
    burst = 5000
    drop  = true
  }
}

loki.write "region" {
  endpoint {
    url = "http://loki.monitoring:3100/loki/api/v1/push"
  }
}
`;

export interface AlloySettings {
  readonly mirror: ImageMirror;
}

/** Sends the logs of a node's pods to Loki. It reads the node's log files. */
export const alloy = chart<AlloySettings>({
  key: "alloy",
  chart: "alloy",
  repository: "https://grafana.github.io/helm-charts",
  version: "1.11.1",
  releaseName: "alloy",
  namespace: NODE_AGENTS_NAMESPACE,
  kubernetesMinors: null,
  crdSwitch: { path: "crds.create", default: true },
  podSecurity: "privileged",
  awsServiceAccounts: [],
  freeForm: {},
  readInTemplates: {
    "crds.create":
      "condition of the subchart crds (Chart.yaml), whose crds/ folder a release that skips CRDs does not render",
  },
  example: { mirror: exampleMirror },
  lock,
  values: ({ mirror }) => ({
    image: { registry: mirror.registry, repository: `${mirror.prefix}/grafana/alloy` },
    crds: { create: false },
    alloy: {
      configMap: { content: configuration },
      enableReporting: false,
      // Positions in the log files survive a restart of the pod, not one of the node, which loses the files as well.
      storagePath: "/tmp/alloy",
      mounts: { varlog: true },
      extraEnv: [{ name: "NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } }],
      resources: resources(20, 96, 192),
      securityContext: {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"], add: ["DAC_READ_SEARCH"] },
        seccompProfile: { type: "RuntimeDefault" },
      },
    },
    configReloader: { enabled: false },
    controller: {
      tolerations: everyNode,
      priorityClassName: "system-node-critical",
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
    },
    rbac: {
      rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }],
      clusterRules: [{ apiGroups: [""], resources: ["nodes"], verbs: ["get"] }],
    },
    serviceMonitor: { enabled: true, interval: "30s" },
  }),
});
