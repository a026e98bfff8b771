import fc from "fast-check";
import { worstGapHours } from "../../models/recovery/schedule";
import { kubernetesObjects, takeInventory } from "../../readiness/inventory/inventory";
import type { JsonObject } from "../../readiness/inventory/json";
import { convertibleTypes } from "../../readiness/inventory/kubernetes/kinds";
import { cpuMillis, memoryMiB } from "../../models/quantity";
import type { Platform, PlatformFacts, SynthesisedStack } from "../../readiness/inventory/platform";

const facts = { now: "2026-11-21" } as PlatformFacts;
const path = (name: string): JsonObject => ({ metadata: { path: name } });
const stackOf = (name: string, terraform: JsonObject, region = "us-east-1"): SynthesisedStack => ({
  name,
  terraform: {
    "//": { plimsoll: { environment: "production", region, role: "primary", layer: "application" } },
    ...terraform,
  },
});
const platformOf = (...stacks: SynthesisedStack[]): Platform => takeInventory(stacks, facts);
const resources = (blocks: JsonObject): Platform =>
  platformOf(stackOf("one", { provider: { aws: [{ region: "us-east-1" }] }, resource: blocks }));
const objectOf = (type: string, args: JsonObject): unknown =>
  kubernetesObjects([stackOf("one", { resource: { [type]: { it: args } } })])[0]?.object;

describe("references", () => {
  const network = stackOf("network", {
    provider: { aws: [{ region: "us-east-1" }, { region: "eu-west-1", alias: "other" }] },
    resource: {
      aws_subnet: { a: { "//": path("network/a"), availability_zone: "us-east-1a" } },
      aws_sns_topic: { far: { provider: "aws.other", name: "t-${aws_subnet.a.availability_zone}" } },
    },
    output: {
      "cross-stack-output-a": { value: "${aws_subnet.a.id}" },
      "cross-stack-output-zone": { value: "${aws_subnet.a.availability_zone}" },
    },
  });
  const remote = (output: string): string =>
    `\${data.terraform_remote_state.cross-stack-reference-input-network.outputs.cross-stack-output-${output}}`;
  const user = stackOf("user", {
    resource: {
      aws_thing: {
        it: {
          subnet: remote("a"),
          zone: remote("zone"),
          sentence: `in ${remote("zone")} of ${remote("a")}`,
          gone: remote("b"),
          count: -8.1e298,
          token: "${TfToken[TOKEN.1]}",
          literal: "$${x}",
          block: [{ depth: "2" }],
          self: "${aws_thing.it.self}",
          depends_on: ["aws_other.first"],
        },
      },
      aws_other: { first: {} },
    },
  });
  const platform = platformOf(network, user);
  const [thing] = platform.ofType("aws_thing");

  test("cross stacks to the argument that sets them, or to the resource that computes them", () => {
    expect(thing?.text("zone")).toBe("us-east-1a");
    expect(thing?.reference("subnet")).toMatchObject({
      attribute: "id",
      resource: { stack: "network", address: "aws_subnet.a", constructPath: "network/a" },
    });
    expect(thing?.value("subnet").kind).toBe("reference");
    expect(thing?.expanded("sentence")).toBe("in us-east-1a of ${aws_subnet.a.id}");
  });

  test.each(["sentence", "gone", "count", "token", "self"])(
    "what cannot be known is unknown, never a value: %s",
    (argument) => {
      expect(thing?.value(argument).kind).toBe("unknown");
      expect([thing?.text(argument), thing?.number(argument)]).toEqual([undefined, undefined]);
    },
  );

  test("escapes, single blocks, absence, regions of aliases", () => {
    expect([thing?.text("literal"), thing?.number("block.depth"), thing?.value("nothing").kind]).toEqual([
      "${x}",
      2,
      "absent",
    ]);
    expect(platform.ofType("aws_sns_topic")[0]?.region).toBe("eu-west-1");
  });

  test("who mentions whom, also by depends_on and in another stack", () => {
    const subnet = platform.ofType("aws_subnet")[0];
    expect(subnet && platform.referrers(subnet).map((one) => one.address)).toEqual([
      "aws_sns_topic.far",
      "aws_thing.it",
    ]);
    expect(
      thing &&
        platform
          .after(thing)
          .map((one) => one.address)
          .sort(),
    ).toEqual(["aws_other.first", "aws_subnet.a"]);
  });
});

describe("blocks that several platforms hold", () => {
  const [typed, release] = [
    {
      metadata: { name: "it", namespace: "ns" },
      data: { zone: "${aws_subnet.a.availability_zone}", id: "${aws_subnet.a.id}" },
    },
    { chart: "velero", version: "1", values: ['{"zone":"${aws_subnet.a.availability_zone}"}'] },
  ];
  const within = (subnet: JsonObject): Platform =>
    resources({ aws_subnet: { a: subnet }, kubernetes_config_map_v1: { it: typed }, helm_release: { it: release } });
  const read = ({ objects, releases }: Platform): unknown[] => [
    objects[0]?.object["data"],
    objects[0]?.unknowns.map(({ path }) => path),
    releases[0]?.values,
  ];

  test("are read anew where something that they refer to is another", () => {
    const [first, second] = [
      within({ availability_zone: "us-east-1a" }),
      within({ availability_zone: "us-east-1b", id: "subnet-1" }),
    ];
    expect(read(first)).toEqual([
      { zone: "us-east-1a", id: "${aws_subnet.a.id}" },
      ["data.id"],
      { zone: "us-east-1a" },
    ]);
    expect(read(second)).toEqual([{ zone: "us-east-1b", id: "subnet-1" }, [], { zone: "us-east-1b" }]);
  });
  test("are read once where all that they refer to is the same", () => {
    const [first, second] = [
      within({ availability_zone: "us-east-1c" }),
      within({ availability_zone: "us-east-1c", tags: { a: "b" } }),
    ];
    expect(read(second)).toEqual(read(first));
    expect(second.objects[0]?.object).toBe(first.objects[0]?.object);
    expect(second.releases[0]?.values).toBe(first.releases[0]?.values);
  });
});

const metadata = { name: "it", namespace: "ns", labels: { app: "it" } };
const pod = {
  metadata: { labels: { app: "it" } },
  spec: {
    container: [
      {
        name: "main",
        image: "i",
        port: [{ container_port: 80, name: "http" }],
        security_context: { run_as_user: "1000" },
        liveness_probe: { http_get: { path: "/", port: "http", http_header: [{ name: "a", value: "b" }] } },
        resources: { requests: { cpu: "250m" } },
        env: [{ name: "A", value_from: { secret_key_ref: { name: "s", key: "k" } } }],
        volume_mount: [{ name: "v", mount_path: "/v" }],
        lifecycle: { pre_stop: [{ exec: { command: ["sleep", "15"] } }] },
      },
    ],
    toleration: [{ key: "k", operator: "Exists", toleration_seconds: "30" }],
    host_pid: false,
    volume: [{ name: "v", secret: { secret_name: "s", default_mode: "0400" } }],
    topology_spread_constraint: [
      {
        max_skew: 1,
        topology_key: "z",
        when_unsatisfiable: "DoNotSchedule",
        label_selector: [{ match_labels: { app: "it" } }],
      },
    ],
  },
};
const podObject = (more: JsonObject = {}): JsonObject => ({
  metadata: { labels: { app: "it" } },
  spec: {
    containers: [
      {
        name: "main",
        image: "i",
        ports: [{ containerPort: 80, name: "http" }],
        securityContext: {
          runAsUser: 1000,
          allowPrivilegeEscalation: true,
          privileged: false,
          readOnlyRootFilesystem: false,
          runAsNonRoot: false,
        },
        livenessProbe: { httpGet: { path: "/", port: "http", httpHeaders: [{ name: "a", value: "b" }] } },
        resources: { requests: { cpu: "250m" } },
        env: [{ name: "A", valueFrom: { secretKeyRef: { name: "s", key: "k" } } }],
        volumeMounts: [{ name: "v", mountPath: "/v" }],
        lifecycle: { preStop: { exec: { command: ["sleep", "15"] } } },
      },
    ],
    tolerations: [{ key: "k", operator: "Exists", tolerationSeconds: 30 }],
    hostPID: false,
    volumes: [{ name: "v", secret: { secretName: "s", defaultMode: 0o400 } }],
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: "z",
        whenUnsatisfiable: "DoNotSchedule",
        labelSelector: { matchLabels: { app: "it" } },
      },
    ],
    automountServiceAccountToken: true,
    ...more,
  },
});
const selector = { match_labels: { app: "it" } };
const matchLabels = { matchLabels: { app: "it" } };
const rule = { api_groups: [""], resources: ["pods"], verbs: ["get"] };
const ruleObject = { apiGroups: [""], resources: ["pods"], verbs: ["get"] };
const roleRef = { api_group: "rbac.authorization.k8s.io", kind: "Role", name: "it" };
const bound = {
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "it" },
  subjects: [{ kind: "ServiceAccount", name: "it", namespace: "ns" }],
};
const subject = [{ kind: "ServiceAccount", name: "it", namespace: "ns" }];
const jobPod = podObject({ restartPolicy: "Never" });

/** Resource type: what Terraform is given, and what the API server must get beside apiVersion, kind and metadata. */
const kinds: Record<string, [JsonObject, JsonObject]> = {
  kubernetes_deployment_v1: [
    {
      spec: {
        replicas: "3",
        selector,
        strategy: { type: "RollingUpdate", rolling_update: { max_surge: "25%", max_unavailable: "0" } },
        template: pod,
      },
    },
    {
      apiVersion: "apps/v1",
      spec: {
        replicas: 3,
        selector: matchLabels,
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: 0 } },
        template: podObject(),
      },
    },
  ],
  kubernetes_stateful_set_v1: [
    {
      spec: {
        service_name: "it",
        selector,
        template: pod,
        update_strategy: [{ type: "RollingUpdate", rolling_update: [{ partition: 1 }] }],
        volume_claim_template: [
          {
            metadata: { name: "d" },
            spec: { access_modes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
          },
        ],
      },
    },
    {
      spec: {
        serviceName: "it",
        selector: matchLabels,
        template: podObject(),
        updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 1 } },
        volumeClaimTemplates: [
          {
            metadata: { name: "d" },
            spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
          },
        ],
      },
    },
  ],
  kubernetes_daemon_set_v1: [
    { spec: { selector, strategy: { type: "RollingUpdate" }, template: pod } },
    { spec: { selector: matchLabels, updateStrategy: { type: "RollingUpdate" }, template: podObject() } },
  ],
  kubernetes_job_v1: [
    {
      spec: {
        ttl_seconds_after_finished: "60",
        template: pod,
        pod_failure_policy: { rule: [{ action: "Ignore", on_pod_condition: [{ type: "DisruptionTarget" }] }] },
      },
    },
    {
      apiVersion: "batch/v1",
      spec: {
        ttlSecondsAfterFinished: 60,
        template: jobPod,
        podFailurePolicy: { rules: [{ action: "Ignore", onPodConditions: [{ type: "DisruptionTarget" }] }] },
      },
    },
  ],
  kubernetes_cron_job_v1: [
    { spec: { schedule: "0 2 * * *", timezone: "Etc/UTC", job_template: { spec: { template: pod } } } },
    { spec: { schedule: "0 2 * * *", timeZone: "Etc/UTC", jobTemplate: { spec: { template: jobPod } } } },
  ],
  kubernetes_namespace_v1: [{}, { apiVersion: "v1" }],
  kubernetes_config_map_v1: [{ data: { a: "b" } }, { data: { a: "b" } }],
  kubernetes_secret_v1: [
    { type: "Opaque", data: { a: "b" } },
    { type: "Opaque", stringData: { a: "b" } },
  ],
  kubernetes_service_account_v1: [
    { image_pull_secret: [{ name: "s" }], automount_service_account_token: false },
    { imagePullSecrets: [{ name: "s" }], automountServiceAccountToken: false },
  ],
  kubernetes_service_v1: [
    {
      spec: {
        cluster_ip: "None",
        selector: { app: "it" },
        port: [
          { port: 80, target_port: "8080" },
          { port: 81, target_port: "http" },
        ],
      },
    },
    {
      spec: {
        clusterIP: "None",
        selector: { app: "it" },
        ports: [
          { port: 80, targetPort: 8080 },
          { port: 81, targetPort: "http" },
        ],
      },
    },
  ],
  kubernetes_persistent_volume_claim_v1: [
    { spec: { access_modes: ["ReadWriteOnce"], storage_class_name: "gp3" } },
    { spec: { accessModes: ["ReadWriteOnce"], storageClassName: "gp3" } },
  ],
  kubernetes_resource_quota_v1: [
    {
      spec: {
        hard: { pods: "10" },
        scope_selector: { match_expression: [{ scope_name: "PriorityClass", operator: "Exists" }] },
      },
    },
    {
      spec: {
        hard: { pods: "10" },
        scopeSelector: { matchExpressions: [{ scopeName: "PriorityClass", operator: "Exists" }] },
      },
    },
  ],
  kubernetes_limit_range_v1: [
    { spec: { limit: [{ type: "Container", default_request: { cpu: "1" } }] } },
    { spec: { limits: [{ type: "Container", defaultRequest: { cpu: "1" } }] } },
  ],
  kubernetes_horizontal_pod_autoscaler_v2: [
    {
      spec: {
        max_replicas: 5,
        scale_target_ref: { api_version: "apps/v1", kind: "Deployment", name: "it" },
        metric: [
          { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", average_utilization: 70 } } },
        ],
        behavior: {
          scale_up: [{ stabilization_window_seconds: 60, policy: [{ type: "Pods", value: 4, period_seconds: 60 }] }],
        },
      },
    },
    {
      apiVersion: "autoscaling/v2",
      spec: {
        maxReplicas: 5,
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "it" },
        metrics: [
          { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } },
        ],
        behavior: {
          scaleUp: { stabilizationWindowSeconds: 60, policies: [{ type: "Pods", value: 4, periodSeconds: 60 }] },
        },
      },
    },
  ],
  kubernetes_pod_disruption_budget_v1: [
    { spec: { min_available: "2", max_unavailable: "50%", selector } },
    { apiVersion: "policy/v1", spec: { minAvailable: 2, maxUnavailable: "50%", selector: matchLabels } },
  ],
  kubernetes_network_policy_v1: [
    {
      spec: {
        pod_selector: {},
        policy_types: ["Ingress"],
        ingress: [
          {
            ports: [{ port: "8080", protocol: "TCP" }],
            from: [{ namespace_selector: {}, pod_selector: selector }, { ip_block: { cidr: "10.0.0.0/8" } }],
          },
        ],
      },
    },
    {
      spec: {
        podSelector: {},
        policyTypes: ["Ingress"],
        ingress: [
          {
            ports: [{ port: 8080, protocol: "TCP" }],
            from: [{ namespaceSelector: {}, podSelector: matchLabels }, { ipBlock: { cidr: "10.0.0.0/8" } }],
          },
        ],
      },
    },
  ],
  kubernetes_priority_class_v1: [
    { value: 1000, global_default: false },
    { value: 1000, globalDefault: false },
  ],
  kubernetes_role_v1: [{ rule: [rule] }, { rules: [ruleObject] }],
  kubernetes_role_binding_v1: [{ role_ref: roleRef, subject }, bound],
  kubernetes_cluster_role_v1: [
    { rule: [{ non_resource_urls: ["/metrics"], verbs: ["get"] }] },
    { rules: [{ nonResourceURLs: ["/metrics"], verbs: ["get"] }] },
  ],
  kubernetes_cluster_role_binding_v1: [{ role_ref: roleRef, subject }, bound],
  kubernetes_storage_class_v1: [
    {
      storage_provisioner: "ebs.csi.aws.com",
      allow_volume_expansion: true,
      volume_binding_mode: "WaitForFirstConsumer",
      allowed_topologies: { match_label_expressions: [{ key: "z", values: ["a"] }] },
    },
    {
      provisioner: "ebs.csi.aws.com",
      allowVolumeExpansion: true,
      volumeBindingMode: "WaitForFirstConsumer",
      allowedTopologies: [{ matchLabelExpressions: [{ key: "z", values: ["a"] }] }],
    },
  ],
  kubernetes_csi_driver_v1: [{ spec: { pod_info_on_mount: true } }, { spec: { podInfoOnMount: true } }],
  kubernetes_ingress_class_v1: [
    { spec: { controller: "c", parameters: [{ kind: "K", name: "n" }] } },
    { spec: { controller: "c", parameters: { kind: "K", name: "n" } } },
  ],
  kubernetes_ingress_v1: [
    {
      spec: {
        rule: [
          { host: "h", http: { path: [{ path: "/", backend: { service: { name: "s", port: { number: 80 } } } }] } },
        ],
      },
    },
    {
      spec: {
        rules: [
          {
            host: "h",
            http: {
              paths: [
                {
                  path: "/",
                  pathType: "ImplementationSpecific",
                  backend: { service: { name: "s", port: { number: 80 } } },
                },
              ],
            },
          },
        ],
      },
    },
  ],
  kubernetes_runtime_class_v1: [{ handler: "h" }, { handler: "h" }],
  kubernetes_mutating_webhook_configuration_v1: [
    {
      webhook: [
        {
          name: "w.example.com",
          admission_review_versions: ["v1"],
          client_config: [{ ca_bundle: "ca", service: [{ name: "s", namespace: "n", path: "/", port: 443 }] }],
          failure_policy: "Fail",
          match_policy: "Equivalent",
          namespace_selector: [{ match_expressions: [{ key: "k", operator: "NotIn", values: ["v"] }] }],
          object_selector: [{ match_labels: { a: "b" } }],
          reinvocation_policy: "Never",
          side_effects: "None",
          timeout_seconds: 5,
          rule: [{ api_groups: [""], api_versions: ["v1"], operations: ["CREATE"], resources: ["pods"], scope: "*" }],
        },
      ],
    },
    {
      webhooks: [
        {
          name: "w.example.com",
          admissionReviewVersions: ["v1"],
          clientConfig: { caBundle: "ca", service: { name: "s", namespace: "n", path: "/", port: 443 } },
          failurePolicy: "Fail",
          matchPolicy: "Equivalent",
          namespaceSelector: { matchExpressions: [{ key: "k", operator: "NotIn", values: ["v"] }] },
          objectSelector: { matchLabels: { a: "b" } },
          reinvocationPolicy: "Never",
          sideEffects: "None",
          timeoutSeconds: 5,
          rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"], scope: "*" }],
        },
      ],
    },
  ],
  kubernetes_validating_webhook_configuration_v1: [
    { webhook: [{ name: "w.example.com", client_config: [{ url: "https://w.example.com/" }] }] },
    { webhooks: [{ name: "w.example.com", clientConfig: { url: "https://w.example.com/" } }] },
  ],
  kubernetes_api_service_v1: [
    {
      spec: [
        {
          group: "metrics.k8s.io",
          version: "v1beta1",
          group_priority_minimum: 100,
          version_priority: 100,
          ca_bundle: "ca",
          insecure_skip_tls_verify: false,
          service: [{ name: "s", namespace: "n", port: 443 }],
        },
      ],
    },
    {
      spec: {
        group: "metrics.k8s.io",
        version: "v1beta1",
        groupPriorityMinimum: 100,
        versionPriority: 100,
        caBundle: "ca",
        insecureSkipTLSVerify: false,
        service: { name: "s", namespace: "n", port: 443 },
      },
    },
  ],
};

describe("Kubernetes objects are exactly what the provider sends", () => {
  test.each(Object.entries(kinds))("%s", (type, [args, expected]) => {
    const {
      apiVersion,
      kind,
      metadata: meta,
      ...rest
    } = objectOf(type, { metadata: [metadata], ...args }) as JsonObject;
    const { apiVersion: expectedVersion = apiVersion, ...expectedRest } = expected;
    expect(rest).toEqual(expectedRest);
    expect([apiVersion, meta]).toEqual([expectedVersion, metadata]);
    expect(kind).toMatch(/^[A-Z]/);
  });

  test("each kind that can be converted has a case above", () =>
    expect(Object.keys(kinds).sort()).toEqual(convertibleTypes));

  test("sources of a projected volume are sent one by one, in the provider's order, however the blocks hold them", () => {
    const sources = [
      { service_account_token: { path: "token", expiration_seconds: 600 }, config_map: [{ name: "a" }, { name: "b" }] },
      { secret: { name: "c" } },
    ];
    const pod = objectOf("kubernetes_deployment_v1", {
      metadata,
      spec: { template: { spec: { volume: [{ name: "v", projected: { sources } }] } } },
    }) as { spec: { template: { spec: { volumes: unknown } } } };
    expect(pod.spec.template.spec.volumes).toEqual([
      {
        name: "v",
        projected: {
          sources: [
            { configMap: { name: "a" } },
            { configMap: { name: "b" } },
            { serviceAccountToken: { path: "token", expirationSeconds: 600 } },
            { secret: { name: "c" } },
          ],
        },
      },
    ]);
    const odd = [{ name: "v", projected: { sources: [{ vault: {} }] } }];
    expect(() =>
      objectOf("kubernetes_deployment_v1", { metadata, spec: { template: { spec: { volume: odd } } } }),
    ).toThrow('"spec.template.spec.volume.0.projected.sources.0.vault"');
  });

  test("an argument that the table does not know is an error that names it", () => {
    expect(() =>
      objectOf("kubernetes_deployment_v1", {
        metadata,
        spec: { template: { spec: { container: [{ name: "a", imge: "b" }] } } },
      }),
    ).toThrow(/one\/kubernetes_deployment_v1\.it: .*"spec\.template\.spec\.container\.0\.imge"/);
    expect(() => objectOf("kubernetes_endpoints_v1", { metadata })).toThrow(
      "no conversion for kubernetes_endpoints_v1",
    );
  });

  test("manifests of a local chart come with their release's namespace, published charts stay opaque", () => {
    const values = JSON.stringify({
      manifests: [{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "m" }, data: { arn: "${aws_x.y.arn}" } }],
    });
    const platform = resources({
      aws_x: { y: {} },
      helm_release: {
        own: { name: "own", namespace: "ns", chart: "./assets/x", values: [values] },
        velero: {
          name: "v",
          chart: "velero",
          version: "1.0.0",
          values: ['{"a":{"b":[1]}}'],
          set: [{ name: "a.c", value: "2" }],
        },
      },
    });
    expect(
      platform.objects.map(({ label, origin, unknowns }) => [label, origin, unknowns.map((one) => one.path)]),
    ).toEqual([["ConfigMap ns/m", "manifest", ["data.arn"]]]);
    expect(platform.releases[1]?.setPaths).toEqual(["a.b", "a.c"]);
    expect(platform.coverage).toEqual({
      resources: 3,
      judged: 1,
      opaque: [
        { kind: "chart", name: "velero 1.0.0", addresses: ["one/helm_release.velero"] },
        { kind: "resource type", name: "aws_x", addresses: ["one/aws_x.y"] },
      ],
    });
  });
});

describe("workloads", () => {
  const around = (minAvailable: string, min: number, labels: JsonObject = { app: "it" }): Platform =>
    resources({
      kubernetes_deployment_v1: { it: { metadata, spec: { replicas: "9", selector, template: pod } } },
      kubernetes_horizontal_pod_autoscaler_v2: {
        it: {
          metadata,
          spec: { min_replicas: min, max_replicas: 20, scale_target_ref: { kind: "Deployment", name: "it" } },
        },
      },
      kubernetes_pod_disruption_budget_v1: {
        it: { metadata, spec: { min_available: minAvailable, selector: { match_labels: labels } } },
      },
      kubernetes_network_policy_v1: { deny: { metadata, spec: { pod_selector: {}, policy_types: ["Ingress"] } } },
      kubernetes_service_v1: {
        it: { metadata, spec: { selector: { app: "it" }, port: [{ port: 80 }] } },
        none: { metadata, spec: { port: [{ port: 1 }] } },
      },
      kubernetes_namespace_v1: {
        ns: { metadata: { name: "ns", annotations: { "plimsoll.dev/objectives": '{"tier":1,"rpoHours":24}' } } },
      },
    });

  test.each([
    ["2", 3, 1],
    ["3", 3, 0],
    ["50%", 3, 1],
    ["100%", 3, 0],
  ])("minAvailable %s of %i leaves %i evictions", (minAvailable, min, evictions) => {
    expect(around(minAvailable, min).disruptionBudgets[0]?.evictionsAtMinimum).toBe(evictions);
  });

  test("a budget covers a workload only if every label matches", () => {
    expect(around("1", 3, { app: "it", tier: "x" }).workloads[0]?.disruptionBudgets).toEqual([]);
  });

  test("a workload knows its replicas, probes, hooks and what stands around it", () => {
    const platform = around("2", 3);
    const [workload] = platform.workloads;
    expect(workload).toMatchObject({
      minimumReplicas: 3,
      maximumReplicas: 20,
      fixesReplicas: true,
      services: [{ name: "it" }],
      ingressPolicies: [{ name: "it" }],
      egressPolicies: [],
    });
    expect(workload?.services).toHaveLength(1);
    expect(workload?.containers[0]).toMatchObject({
      liveness: { port: 80, periodSeconds: 10 },
      preStopSeconds: 15,
      cpuRequestMillis: 250,
      memoryRequestMiB: undefined,
    });
    expect(platform.namespaces[0]).toMatchObject({
      objectives: { tier: 1, rpoHours: 24 },
      deniesIngressByDefault: true,
      deniesEgressByDefault: false,
    });
  });
});

describe("a native sidecar", () => {
  const deployment = (restartPolicy?: string): JsonObject => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "it", namespace: "ns" },
    spec: {
      replicas: 1,
      selector: matchLabels,
      template: {
        metadata: { labels: { app: "it" } },
        spec: {
          containers: [{ name: "main", image: "a" }],
          initContainers: [{ name: "beside", image: "b", ...(restartPolicy === undefined ? {} : { restartPolicy }) }],
        },
      },
    },
  });
  const roles = (object: JsonObject) =>
    resources({
      helm_release: {
        it: {
          name: "it",
          namespace: "ns",
          chart: "./assets/manifests",
          values: [JSON.stringify({ manifests: [object] })],
        },
      },
    }).containers.map(({ container, init }) => [container.name, init]);

  it("runs beside the others and is no init container; one without restartPolicy is", () => {
    expect(roles(deployment("Always"))).toEqual([
      ["beside", false],
      ["main", false],
    ]);
    expect(roles(deployment())).toEqual([
      ["beside", true],
      ["main", false],
    ]);
  });
});

describe("AWS views", () => {
  test("a subnet is public by its routes, not by its name", () => {
    const platform = resources({
      aws_vpc: { v: { cidr_block: "10.0.0.0/16" } },
      aws_internet_gateway: { g: { vpc_id: "${aws_vpc.v.id}" } },
      aws_subnet: {
        a: { vpc_id: "${aws_vpc.v.id}", availability_zone: "us-east-1a", tags: { Name: "private" } },
        b: { vpc_id: "${aws_vpc.v.id}", availability_zone: "us-east-1b" },
      },
      aws_nat_gateway: { n: { subnet_id: "${aws_subnet.a.id}" } },
      aws_route_table: { p: {}, q: {} },
      aws_route: {
        p: {
          route_table_id: "${aws_route_table.p.id}",
          destination_cidr_block: "0.0.0.0/0",
          gateway_id: "${aws_internet_gateway.g.id}",
        },
        q: {
          route_table_id: "${aws_route_table.q.id}",
          destination_cidr_block: "0.0.0.0/0",
          nat_gateway_id: "${aws_nat_gateway.n.id}",
        },
      },
      aws_route_table_association: {
        a: { subnet_id: "${aws_subnet.a.id}", route_table_id: "${aws_route_table.p.id}" },
        b: { subnet_id: "${aws_subnet.b.id}", route_table_id: "${aws_route_table.q.id}" },
      },
    });
    expect(platform.networks[0]?.subnets.map(({ access, natZone }) => [access, natZone])).toEqual([
      ["public", undefined],
      ["private", "us-east-1a"],
    ]);
    expect(platform.networks[0]?.natGateways.map(({ zone }) => zone)).toEqual(["us-east-1a"]);
  });

  test("a node group has the kubelet settings of its launch template's user data", () => {
    const document =
      "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  kubelet:\n    config:\n      maxPods: 30\n      kubeReserved: { cpu: 70m, memory: 442Mi }\n";
    const mime = `MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: application/node.eks.aws\n\n${document}\n--b--\n`;
    for (const text of [document, mime, mime.replaceAll("\n", "\r\n")]) {
      const platform = resources({
        aws_launch_template: { t: { user_data: Buffer.from(text).toString("base64") } },
        aws_eks_cluster: { c: { name: "c" } },
        aws_eks_node_group: {
          g: {
            cluster_name: "${aws_eks_cluster.c.name}",
            launch_template: { id: "${aws_launch_template.t.id}" },
            taint: [{ key: "k", value: "v", effect: "NO_SCHEDULE" }],
            scaling_config: [{ min_size: 3, max_size: 10 }],
          },
        },
      });
      expect(platform.clusters[0]?.nodeGroups[0]).toMatchObject({
        min: 3,
        max: 10,
        clusterName: "c",
        taints: [{ effect: "NoSchedule" }],
        launchTemplate: { kubelet: { maxPods: 30, reservedCpuMillis: 70, reservedMemoryMiB: 442 } },
      });
    }
    expect(resources({ aws_eks_cluster: { c: {} } }).clusters[0]).toMatchObject({
      endpointPublicAccess: true,
      publicAccessCidrs: ["0.0.0.0/0"],
      creatorIsAdmin: true,
      supportType: "EXTENDED",
    });
  });

  test("statements of JSON texts and of policy documents, with their references", () => {
    const policy = JSON.stringify({
      Statement: { Effect: "Allow", Action: "s3:*", Resource: ["${aws_s3_bucket.b.arn}/*"] },
    });
    const platform = platformOf(
      stackOf("one", {
        data: {
          aws_iam_policy_document: {
            d: { statement: [{ actions: ["*"], resources: ["*"], principals: [{ type: "AWS", identifiers: ["*"] }] }] },
          },
        },
        resource: { aws_s3_bucket: { b: {} }, aws_iam_policy: { p: { policy } } },
      }),
    );
    expect(platform.iamStatements.map(({ actions, resources: on, principals }) => [actions, on, principals])).toEqual([
      [["*"], ["*"], ["*"]],
      [["s3:*"], ["${aws_s3_bucket.b.arn}/*"], []],
    ]);
    expect(platform.iamStatements[1]?.resourceReferences[0]?.resource.type).toBe("aws_s3_bucket");
  });

  test("a bucket is whole only with its parts; health checks resolve their children and survive a circle", () => {
    const platform = resources({
      aws_s3_bucket: { b: { bucket: "b" } },
      aws_s3_bucket_versioning: {
        v: { bucket: "${aws_s3_bucket.b.id}", versioning_configuration: { status: "Enabled" } },
      },
      aws_s3_bucket_public_access_block: {
        p: {
          bucket: "${aws_s3_bucket.b.id}",
          block_public_acls: true,
          block_public_policy: true,
          ignore_public_acls: true,
        },
      },
      aws_route53_health_check: {
        calc: {
          type: "CALCULATED",
          child_health_threshold: 1,
          child_healthchecks: ["${aws_route53_health_check.https.id}", "${aws_route53_health_check.calc.id}"],
        },
        https: { type: "HTTPS", fqdn: "h" },
      },
      aws_route53_record: {
        r: {
          name: "r",
          failover_routing_policy: { type: "PRIMARY" },
          health_check_id: "${aws_route53_health_check.calc.id}",
        },
      },
    });
    expect(platform.buckets[0]).toMatchObject({ versioning: true, publicAccessBlocked: false, objectLock: undefined });
    expect(platform.records[0]).toMatchObject({
      failover: "PRIMARY",
      healthCheck: { kind: "calculated", children: [{ host: "h", port: 443, intervalSeconds: 30 }] },
    });
  });

  test("what is not known yet is listed with its path and reason", () => {
    const platform = resources({
      aws_sns_topic: { t: {} },
      aws_eks_cluster: { c: { version: "${aws_sns_topic.t.arn}" } },
    });
    expect(platform.clusters[0]).toMatchObject({ version: undefined, unknowns: [{ path: "version" }] });
    expect(platform.unknowns).toMatchObject([
      {
        path: "version",
        reason: "aws_sns_topic.t.arn is known after deployment",
        subject: { address: "aws_eks_cluster.c" },
      },
    ]);
  });
});

test("an inventory makes each view once and follows a chain of 1500 resources", () => {
  const many = Object.fromEntries(
    Array.from({ length: 1500 }, (_entry, index) => [
      `t${index}`,
      { name: `n${index}`, role: `\${aws_iam_role.t${(index + 1) % 1500}.arn}` },
    ]),
  );
  const platform = resources({ aws_iam_role: many });
  expect(platform.iamStatements).toBe(platform.iamStatements);
  expect(platform.after(platform.ofType("aws_iam_role")[0] as never)).toHaveLength(1500);
});

describe("quantities", () => {
  test.each<[string, number | undefined]>([
    ["250m", 250],
    ["1", 1000],
    ["0.1", 100],
    ["1.0005", 1001],
    ["100u", 1],
    ["1e2", 100000],
    ["x", undefined],
    ["", undefined],
    [".", undefined],
  ])("CPU %s", (text, millis) => expect(cpuMillis(text)).toBe(millis));
  test.each<[string, number]>([
    ["1Gi", 1024],
    ["1.5Gi", 1536],
    ["512Ki", 0.5],
    ["1048576", 1],
    ["128M", 122.0703125],
    ["1048576000m", 1],
    ["1E", 953674316406.25],
  ])("memory %s", (text, mib) => expect(memoryMiB(text)).toBe(mib));
  test("millis round trip", () => fc.assert(fc.property(fc.nat(1e9), (millis) => cpuMillis(`${millis}m`) === millis)));
});

describe("worst gap of a schedule", () => {
  test.each([
    ["0 2 * * *", 24],
    ["*/15 * * * *", 0.25],
    ["0 */7 * * *", 7],
    ["0 2 * * 1-5", 72],
    ["0 2 1 * *", 744],
    ["*/30 9-17 * * 1-5", 63.5],
    ["0 0,12 * * 0", 156],
  ])("%s: %d hours", (cron, hours) => expect(worstGapHours(cron)).toBe(hours));
  test.each(["0 2 * *", "0 2 31 2 *", "a b c d e"])("%s is refused", (cron) =>
    expect(() => worstGapHours(cron)).toThrow(`schedule "${cron}"`),
  );
});
