import { application, http, postgres, redis, migration, service } from "../config/application/application";

const image = "x0tta6bl4:3.4.0";
/** User of the image. */
const userId = 1000;

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
    // The program never adds the middleware that counts requests (src/core/app.py): the blackbox exporter asks it.
    measuredBy: { probe: "/health" },
    indicators: {
      // The scrape itself is measured.
      "metrics-endpoint": {
        latencyMeanMs: 150,
        latencyP95Ms: 250,
        latencyP99Ms: 500,
        measuredBy: { scrapeOf: "api" },
      },
    },
  },
  // /health asks the process alone, and it is what the objectives measure: the load balancer, the probes and the kubelet ask it.
  // Some of its routers look accounts up, and others change state for anybody (/events, /edge, /api/v1/ledger).
  entry: { component: "api", healthPath: "/health", authentication: { networks: "organisation" } },
  databases: {
    main: { engine: "postgres", version: "16", storageGiB: 20, maxConnections: 150, rtoMinutes: 30, rpoMinutes: 60 },
  },
  caches: {
    cache: {
      engine: "redis",
      version: "7",
      memoryMiB: 512,
      use: "cache",
      persistent: false,
      rtoMinutes: 30,
      rpoMinutes: 1440,
    },
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
      connection: "cache",
    },
    FLASK_SECRET_KEY: {
      description: "Signs cookies",
      minimumLength: 32,
      generate: { length: 64, characters: "letters-and-digits" },
      rotationDays: 90,
    },
    JWT_SECRET_KEY: {
      description: "Signs access tokens",
      minimumLength: 32,
      generate: { length: 64, characters: "letters-and-digits" },
      rotationDays: 90,
    },
    CSRF_SECRET_KEY: {
      description: "Signs tokens of forms",
      minimumLength: 32,
      generate: { length: 64, characters: "letters-and-digits" },
      rotationDays: 90,
    },
    OPERATOR_PRIVATE_KEY: {
      description: "Private key of the operator's account on the ledger, hexadecimal",
      minimumLength: 64,
      rotationDays: 180,
    },
  },
  jobs: {
    migration: migration({
      image,
      command: ["alembic", "upgrade", "head"],
      requests: { cpu: "100m", memory: "256Mi" },
      limits: { cpu: "500m", memory: "512Mi" },
      deadlineSeconds: 600,
      userId,
      secrets: ["DATABASE_URL"],
      secretsAs: "environment",
      talksTo: [postgres("main", 1)],
    }),
  },
  components: {
    api: service({
      image,
      // The image's own command listens on 8080; the report's port is 8000.
      command: ["uvicorn", "src.core.app:app", "--host", "0.0.0.0", "--port", "8000", "--workers", "1"],
      port: 8000,
      settings: {
        ENVIRONMENT: "production",
        // The program refuses to start in production without these.
        MTLS_ENABLED: "true",
        RATE_LIMIT_ENABLED: "true",
        REQUEST_VALIDATION_ENABLED: "true",
        DB_ENFORCE_SCHEMA: "true",
        // The migration job changes the schema, once; otherwise each pod would when it starts.
        DB_AUTO_MIGRATE: "false",
        DB_POOL_SIZE: "10",
        DB_MAX_OVERFLOW: "0",
      },
      probes: { liveness: http("/health"), readiness: http("/health/ready") },
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
      userId,
      secrets: [
        "DATABASE_URL",
        "REDIS_URL",
        "FLASK_SECRET_KEY",
        "JWT_SECRET_KEY",
        "CSRF_SECRET_KEY",
        "OPERATOR_PRIVATE_KEY",
      ],
      secretsAs: "environment",
      talksTo: [postgres("main", 10), redis("cache")],
    }),
  },
});
