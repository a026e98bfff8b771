import { application, controller, http } from "../config/application/application";

/** Controller that forges cells from WorldSpecs. Its report: claims FF-01 to FF-26. */
export default application({
  name: "fleetforge",
  owner: "fleet",
  tier: 1,
  // Reconciliation takes the place of a request: 5 s at the 95th percentile, 99.9 % successful.
  objectives: {
    availability: 0.999,
    latencyP95Ms: 5000,
    errorRate: 0.001,
    rtoMinutes: 30,
    rpoHours: 24,
    measuredBy: {
      component: "controller",
      histogram: "controller_runtime_reconcile_time_seconds",
      // controller-runtime v0.22, pkg/internal/controller/metrics.
      buckets: [
        0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5,
        1.75, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
      ],
      counter: "controller_runtime_reconcile_total",
      failed: { result: "error" },
    },
    // A cell is ready within 30 s of its reconciliation; 99.95 % of the requests to the API succeed.
    indicators: {
      "cell-creation": {
        latencyP95Ms: 30_000,
        measuredBy: { component: "controller", gauge: "fleetforge:cell_ready:seconds" },
      },
      "api-requests": {
        errorRate: 0.0005,
        measuredBy: {
          component: "controller",
          counter: "rest_client_requests_total",
          failed: { code: "5..|429|<error>" },
        },
      },
    },
  },
  customResources: {
    WorldSpec: {
      group: "fleetforge.dev",
      plural: "worldspecs",
      shortNames: ["ws"],
      scope: "Namespaced",
      versions: [
        {
          name: "v1alpha1",
          served: true,
          stored: true,
          spec: {
            type: "object",
            required: ["cells"],
            properties: {
              cells: {
                type: "array",
                maxItems: 256,
                description: "Cells of the world, each reconciled by itself",
                "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["name"],
                items: {
                  type: "object",
                  required: ["name", "image"],
                  properties: {
                    name: { type: "string", minLength: 1, maxLength: 63, pattern: "^[a-z]([-a-z0-9]*[a-z0-9])?$" },
                    image: { type: "string", minLength: 1, maxLength: 512, description: "By digest" },
                    replicas: { type: "integer", minimum: 0, maximum: 100, default: 1 },
                    capacity: {
                      type: "integer",
                      minimum: 1,
                      maximum: 10_000,
                      description: "Sessions that one replica takes",
                    },
                  },
                },
              },
              paused: { type: "boolean", default: false, description: "Leaves the cells as they are" },
            },
          },
          status: {
            type: "object",
            properties: {
              observedGeneration: { type: "integer", format: "int64" },
              phase: { type: "string", enum: ["Pending", "Reconciling", "Ready", "Degraded"] },
              readyCells: { type: "integer", minimum: 0 },
              conditions: {
                type: "array",
                maxItems: 16,
                "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["type"],
                items: {
                  type: "object",
                  required: ["type", "status", "lastTransitionTime", "reason"],
                  properties: {
                    type: { type: "string", maxLength: 316 },
                    status: { type: "string", enum: ["True", "False", "Unknown"] },
                    lastTransitionTime: { type: "string", format: "date-time" },
                    reason: { type: "string", maxLength: 1024 },
                    message: { type: "string", maxLength: 32_768 },
                    observedGeneration: { type: "integer", format: "int64" },
                  },
                },
              },
            },
          },
          printerColumns: [
            { name: "Phase", type: "string", jsonPath: ".status.phase" },
            { name: "Ready", type: "integer", jsonPath: ".status.readyCells" },
            { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
          ],
        },
      ],
    },
  },
  components: {
    controller: controller({
      image: "fleetforge-controller:1.0.0",
      metricsPort: 8080,
      ports: { health: 8081 },
      probes: { liveness: http("/healthz", "health"), readiness: http("/readyz", "health") },
      requests: { cpu: "100m", memory: "256Mi" },
      limits: { cpu: "500m", memory: "512Mi" },
      scale: { min: 3, max: 10, cpuPercent: 70, memoryPercent: 80 },
      keepAvailable: 2,
      bootSeconds: 30,
      drainSeconds: 20,
      // Takeover within 17 s: thirty of them a month stay within the error budget of 99.9 %.
      leaderElection: { leaseSeconds: 15, renewSeconds: 10, retrySeconds: 2 },
      // User of the distroless images.
      userId: 65532,
      kubernetes: [
        { group: "fleetforge.dev", resources: ["worldspecs"], verbs: ["get", "list", "watch"], scope: "cluster" },
        {
          group: "fleetforge.dev",
          resources: ["worldspecs/status", "worldspecs/finalizers"],
          verbs: ["get", "update", "patch"],
          scope: "cluster",
        },
        {
          group: "apps",
          resources: ["deployments"],
          verbs: ["get", "list", "watch", "create", "update", "patch", "delete"],
        },
        {
          group: "",
          resources: ["services", "configmaps"],
          verbs: ["get", "list", "watch", "create", "update", "patch", "delete"],
        },
        { group: "", resources: ["pods"], verbs: ["get", "list", "watch"] },
      ],
    }),
  },
  environments: {
    staging: { components: { controller: { max: 5 } } },
    development: { components: { controller: { max: 5 } } },
    local: { components: { controller: { max: 5 } } },
  },
});
