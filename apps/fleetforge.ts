import { application, controller, http } from "../config/application/application";
import type { StructuralSchema } from "../config/application/structural-schema";

const text = (pattern: string): StructuralSchema => ({ type: "string", maxLength: 20, pattern });
const count = (maximum?: number): StructuralSchema => ({
  type: "integer",
  format: "int32",
  minimum: 1,
  ...(maximum === undefined ? {} : { maximum }),
});
const share: StructuralSchema = { type: "number", minimum: 0, maximum: 1 };
const bounds: StructuralSchema = {
  type: "object",
  required: ["xMin", "xMax"],
  properties: Object.fromEntries(
    ["xMin", "xMax", "yMin", "yMax", "zMin", "zMax"].map((name) => [name, { type: "number" }]),
  ),
};

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
  // Group, version and fields are those of the controller's own types: it reads and writes no others.
  customResources: {
    WorldSpec: {
      group: "fleetforge.io",
      plural: "worldspecs",
      shortNames: ["ws"],
      scope: "Namespaced",
      versions: [
        {
          name: "v1",
          served: true,
          stored: true,
          spec: {
            type: "object",
            required: ["topology", "capacity", "scaling", "persistence", "gameServerImage"],
            properties: {
              topology: {
                type: "object",
                required: ["initialCells", "worldBoundaries"],
                properties: {
                  initialCells: count(1000),
                  worldBoundaries: bounds,
                  cellSize: bounds,
                  maxCellsPerCluster: count(),
                },
              },
              capacity: {
                type: "object",
                required: ["maxPlayersPerCell", "cpuLimitPerCell", "memoryLimitPerCell"],
                properties: {
                  maxPlayersPerCell: count(10_000),
                  cpuLimitPerCell: text("^[0-9]+m?$"),
                  memoryLimitPerCell: text("^[0-9]+[KMGT]i?$"),
                  cpuRequestPerCell: text("^[0-9]+m?$"),
                  memoryRequestPerCell: text("^[0-9]+[KMGT]i?$"),
                },
              },
              scaling: {
                type: "object",
                required: ["scaleUpThreshold", "scaleDownThreshold", "predictiveEnabled"],
                properties: {
                  scaleUpThreshold: share,
                  scaleDownThreshold: share,
                  predictiveEnabled: { type: "boolean" },
                  minCells: count(),
                  maxCells: count(),
                },
              },
              persistence: {
                type: "object",
                required: ["enabled", "checkpointInterval", "retentionPeriod"],
                properties: {
                  enabled: { type: "boolean" },
                  checkpointInterval: text("^[0-9]+[smh]$"),
                  retentionPeriod: text("^[0-9]+[smhd]$"),
                  storageClass: { type: "string", maxLength: 63 },
                },
              },
              gameServerImage: { type: "string", minLength: 1, maxLength: 512 },
              multiClusterEnabled: { type: "boolean" },
            },
          },
          status: {
            type: "object",
            required: ["activeCells", "totalPlayers"],
            properties: {
              phase: { type: "string" },
              message: { type: "string" },
              activeCells: { type: "integer", format: "int32" },
              totalPlayers: { type: "integer", format: "int32" },
              lastUpdateTime: { type: "string", format: "date-time" },
              cells: {
                type: "array",
                maxItems: 1000,
                items: {
                  type: "object",
                  required: ["id", "boundaries", "currentPlayers", "health", "podName"],
                  properties: {
                    id: { type: "string" },
                    boundaries: bounds,
                    currentPlayers: { type: "integer", format: "int32" },
                    health: { type: "string" },
                    podName: { type: "string" },
                    clusterName: { type: "string" },
                    lastHeartbeat: { type: "string", format: "date-time" },
                  },
                },
              },
              conditions: {
                type: "array",
                maxItems: 16,
                items: {
                  type: "object",
                  required: ["type", "status", "lastTransitionTime", "reason", "message"],
                  properties: {
                    type: { type: "string", maxLength: 316 },
                    status: { type: "string", enum: ["True", "False", "Unknown"] },
                    lastTransitionTime: { type: "string", format: "date-time" },
                    reason: { type: "string", minLength: 1, maxLength: 1024 },
                    message: { type: "string", maxLength: 32_768 },
                    observedGeneration: { type: "integer", format: "int64", minimum: 0 },
                  },
                },
              },
            },
          },
          printerColumns: [
            { name: "Phase", type: "string", jsonPath: ".status.phase" },
            { name: "Active Cells", type: "integer", jsonPath: ".status.activeCells" },
            { name: "Total Players", type: "integer", jsonPath: ".status.totalPlayers" },
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
      // One JSON object a line; the program's default is prose.
      args: ["--zap-devel=false"],
      // controller-runtime's durations, which the program has no flag for: takeover within 17 s, thirty of them a month stay within the error budget of 99.9 %.
      leaderElection: {
        leaseSeconds: 15,
        renewSeconds: 10,
        retrySeconds: 2,
        flags: "leader-elect",
        leaseName: "fleetforge-controller-manager",
      },
      // Dockerfile.controller: gcr.io/distroless/static:nonroot, whose user this is.
      distroless: true,
      userId: 65532,
      // One Deployment with one pod for each of a WorldSpec's initialCells; scaling.maxCells is read by nothing. The sizes are
      // those of the repository's sample, and the code's own where a WorldSpec states none.
      creates: {
        cells: {
          labels: { app: "fleetforge-cell" },
          maximum: 4,
          usual: 2,
          surge: 1,
          requests: { cpu: "500m", memory: "1Gi" },
          limits: { cpu: "1", memory: "2Gi" },
          metricsPort: 8080,
        },
      },
      // The controller's informers are not bound to a namespace: it lists and watches all of them.
      kubernetes: [
        {
          group: "fleetforge.io",
          resources: ["worldspecs"],
          verbs: ["get", "list", "watch", "update", "patch"],
          scope: "cluster",
        },
        {
          group: "fleetforge.io",
          resources: ["worldspecs/status"],
          verbs: ["get", "update", "patch"],
          scope: "cluster",
        },
        { group: "fleetforge.io", resources: ["worldspecs/finalizers"], verbs: ["update"], scope: "cluster" },
        { group: "apps", resources: ["deployments"], verbs: ["get", "list", "watch"], scope: "cluster" },
        { group: "", resources: ["services", "pods"], verbs: ["get", "list", "watch"], scope: "cluster" },
        { group: "apps", resources: ["deployments"], verbs: ["create", "update", "patch", "delete"] },
        { group: "", resources: ["services"], verbs: ["create", "update", "patch", "delete"] },
        { group: "", resources: ["events"], verbs: ["create", "patch"] },
      ],
    }),
  },
  environments: {
    staging: { components: { controller: { max: 5 } } },
    development: { components: { controller: { max: 5 } } },
    local: { components: { controller: { max: 5 } } },
  },
});
