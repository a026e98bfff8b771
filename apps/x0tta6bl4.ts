import { application, http, postgres, redis, migration, service } from "../config/application/application";

/** Mesh platform with post-quantum cryptography. Its report: claims XB-01 to XB-22. */
export default application({
  name: "x0tta6bl4",
  owner: "mesh",
  tier: 1,
  // The report's p99 is that of /health; recovery of the region is the platform's.
  objectives: {
    availability: 0.999,
    latencyP95Ms: 200,
    latencyP99Ms: 500,
    latencyMeanMs: 100,
    errorRate: 0.01,
    rtoMinutes: 30,
    rpoHours: 24,
    // Buckets of prometheus_client: 100 ms is the stricter neighbour of the promised 200 ms.
    measuredBy: {
      component: "api",
      histogram: "http_request_duration_seconds",
      buckets: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
      roundToBucket: "down",
      counter: "http_requests_total",
      failed: { status: "5.." },
      matching: { endpoint: "/health" },
    },
    indicators: {
      requests: {
        errorRate: 0.01,
        measuredBy: { component: "api", counter: "http_requests_total", failed: { status: "5.." } },
      },
      // The middleware leaves /metrics out: the scrape itself is measured.
      "metrics-endpoint": {
        latencyMeanMs: 150,
        latencyP95Ms: 250,
        latencyP99Ms: 500,
        measuredBy: { scrapeOf: "api" },
      },
    },
  },
  entry: { component: "api", healthPath: "/health/live", authentication: { accountsIn: "main" } },
  databases: {
    main: { engine: "postgres", version: "16", storageGiB: 20, maxConnections: 150, rtoMinutes: 30, rpoMinutes: 60 },
  },
  caches: {
    main: { engine: "redis", version: "7", memoryMiB: 512, persistent: false, rtoMinutes: 30, rpoMinutes: 1440 },
  },
  secrets: {
    DATABASE_URL: {
      description: "Connection of the database, with its password: postgresql://...",
      minimumLength: 16,
      connection: "main",
    },
    REDIS_URL: {
      description: "Connection of the cache, with its password: rediss://...",
      minimumLength: 16,
      connection: "main",
    },
  },
  jobs: {
    migration: migration({
      image: "x0tta6bl4:3.4.0",
      command: ["alembic", "upgrade", "head"],
      requests: { cpu: "100m", memory: "256Mi" },
      limits: { cpu: "500m", memory: "512Mi" },
      deadlineSeconds: 600,
      secrets: ["DATABASE_URL"],
      talksTo: [postgres("main", 1)],
    }),
  },
  components: {
    api: service({
      image: "x0tta6bl4:3.4.0",
      port: 8000,
      // /health/ready asks the stores: it decides whether requests come. /health/live asks the process alone.
      probes: { liveness: http("/health/live"), readiness: http("/health/ready") },
      // 10 to 20 % of the CPU limit and 25 to 50 % of the memory limit were measured under load.
      requests: { cpu: "100m", memory: "384Mi" },
      limits: { cpu: "500m", memory: "1Gi" },
      scale: { min: 3, max: 8, cpuPercent: 70, memoryPercent: 80 },
      keepAvailable: 2,
      bootSeconds: 25,
      drainSeconds: 20,
      // The report measured 500 requests/s a pod with at most 100m of CPU; 2 kB each.
      throughput: {
        carries: [{ claim: "XB-07", unit: "requests/s", total: 4000, perReplica: 500 }],
        cpu: "100m",
        megabytesPerSecond: 8,
      },
      secrets: ["DATABASE_URL", "REDIS_URL"],
      talksTo: [postgres("main", 10), redis("main")],
    }),
  },
});
