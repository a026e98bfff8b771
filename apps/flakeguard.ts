import {
  application,
  component,
  http,
  https,
  migration,
  postgres,
  redis,
  seed,
  service,
  worker,
} from "../config/application/application";

/** User of the report's images. */
const userId = 1001;
/** The images' own 1024 MiB of heap are more than the memory limit of 512 MiB: the kernel would kill the process first. */
const heap = "--enable-source-maps --max-old-space-size=384";
/** Where the builder image's tools may write. */
const tools = { HOME: "/tmp", PNPM_HOME: "/tmp/.pnpm" };

/** Finds flaky tests, and quarantines them. Its report: claims FG-01 to FG-27. */
export default application({
  name: "flakeguard",
  owner: "quality",
  tier: 1,
  objectives: {
    availability: 0.999,
    latencyP95Ms: 500,
    errorRate: 0.001,
    rtoMinutes: 30,
    rpoHours: 24,
    measuredBy: {
      component: "api",
      histogram: "flakeguard_api_http_request_duration_seconds",
      buckets: [0.01, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30],
      failed: { status_code: "5.." },
      excluding: { route: "/(health|metrics).*" },
    },
    indicators: {
      "database-queries": {
        latencyP95Ms: 100,
        measuredBy: {
          component: "api",
          histogram: "flakeguard_api_database_query_duration_seconds",
          buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2, 5],
        },
      },
      jobs: {
        latencyMeanMs: 5000,
        measuredBy: { component: "worker", histogram: "flakeguard_worker_job_processing_duration_seconds" },
      },
    },
  },
  // The API answers /v1, /api, /health and GitHub's webhooks; the pages, the sign-in and its callbacks are the dashboard's.
  entry: {
    component: "api",
    healthPath: "/health/live",
    // The code compares the signature of webhooks and nothing else: JWT_SECRET and API_KEY are required, and never read again.
    authentication: {
      networks: "organisation",
      open: { paths: ["/github/webhook"], secret: "GITHUB_WEBHOOK_SECRET" },
    },
    // GitHub's events carry commit messages and code.
    uninspectedBodies: ["/github/webhook"],
    routes: [
      {
        component: "web",
        healthPath: "/api/health",
        paths: [
          "/",
          "/dashboard*",
          "/repositories*",
          "/actions*",
          "/auth/*",
          "/api/auth/*",
          "/en/*",
          "/zh-TW/*",
          "/_next/*",
        ],
        authentication: { secret: "NEXTAUTH_SECRET" },
      },
    ],
  },
  flags: { ENABLE_SLACK_APP: true, ENABLE_GITHUB_WEBHOOKS: true, ENABLE_QUARANTINE_ACTIONS: true },
  databases: {
    main: {
      engine: "postgres",
      version: "16",
      storageGiB: 50,
      // 20 pods with 8 each, two jobs, and the reserve: 172. With pools of 10 a class twice as large would be needed.
      maxConnections: 190,
      reservedConnections: 10,
      // The report: UUIDs, GIN and GiST indexes, full-text search.
      extensions: ["uuid-ossp", "pg_trgm", "btree_gin", "btree_gist", "unaccent"],
      rtoMinutes: 30,
      rpoMinutes: 5,
    },
  },
  caches: {
    queue: {
      engine: "redis",
      version: "7",
      memoryMiB: 1024,
      use: "queue",
      persistent: true,
      rtoMinutes: 30,
      rpoMinutes: 60,
    },
  },
  secrets: {
    DATABASE_URL: {
      description: "Connection of the database, with its password: postgresql://...",
      minimumLength: 16,
      connection: "main",
    },
    REDIS_URL: {
      description: "Connection of the job queue, with its password: rediss://...",
      minimumLength: 16,
      connection: "queue",
    },
    JWT_SECRET: {
      description: "The API does not start without it; its code signs and checks nothing with it yet",
      minimumLength: 32,
      generate: { length: 64, characters: "letters-and-digits" },
      rotationDays: 90,
    },
    API_KEY: {
      description: "The API does not start without it; its code compares it with nothing yet",
      minimumLength: 16,
      generate: { length: 32, characters: "letters-and-digits" },
      rotationDays: 90,
    },
    GITHUB_APP_ID: { description: "Number of the GitHub App", minimumLength: 1, identifier: true },
    GITHUB_PRIVATE_KEY: {
      description: "Private key of the GitHub App, in PEM form; the App takes a second one before the first is deleted",
      minimumLength: 1600,
      rotationDays: 180,
    },
    GITHUB_CLIENT_ID: { description: "Client id of the GitHub App", minimumLength: 1, identifier: true },
    GITHUB_CLIENT_SECRET: {
      description: "Client secret of the GitHub App: sign-in of users",
      minimumLength: 40,
      rotationDays: 180,
    },
    SLACK_SIGNING_SECRET: {
      description: "Proves that a request comes from Slack",
      minimumLength: 32,
      rotationDays: 180,
    },
    SLACK_BOT_TOKEN: {
      description: "Token of the Slack app: xoxb-...",
      minimumLength: 40,
      rotationDays: 180,
    },
    NEXTAUTH_SECRET: {
      description: "Encrypts the sessions of the dashboard",
      minimumLength: 32,
      generate: { length: 64, characters: "letters-and-digits" },
      rotationDays: 90,
    },
    GITHUB_WEBHOOK_SECRET: {
      description: "Proves that a webhook comes from GitHub; the same value stands in the GitHub App",
      minimumLength: 20,
      rotationDays: 180,
    },
  },
  // Stage `builder` of the API's Dockerfile: the image that the API runs from holds neither pnpm nor the migration tool.
  jobs: {
    migration: migration({
      image: "flakeguard-migration:1.0.0",
      command: ["pnpm", "--filter=@flakeguard/api", "migrate:deploy"],
      settings: tools,
      requests: { cpu: "100m", memory: "256Mi" },
      limits: { cpu: "1", memory: "512Mi" },
      deadlineSeconds: 900,
      userId,
      secretsAs: "environment",
      secrets: ["DATABASE_URL"],
      readsFlags: false,
      talksTo: [postgres("main", 1)],
    }),
    seed: seed({
      image: "flakeguard-migration:1.0.0",
      command: ["pnpm", "--filter=@flakeguard/api", "seed"],
      settings: tools,
      requests: { cpu: "100m", memory: "256Mi" },
      limits: { cpu: "1", memory: "512Mi" },
      deadlineSeconds: 600,
      userId,
      secretsAs: "environment",
      secrets: ["DATABASE_URL"],
      readsFlags: false,
      talksTo: [postgres("main", 1)],
    }),
  },
  components: {
    api: service({
      image: "flakeguard-api:1.0.0",
      port: 3000,
      settings: { NODE_ENV: "production", HOST: "0.0.0.0", PORT: "3000", NODE_OPTIONS: heap },
      // /health answers 200 without its database as well; /health/ready answers 503 then.
      probes: { liveness: http("/health/live"), readiness: http("/health/ready") },
      requests: { cpu: "100m", memory: "256Mi" },
      limits: { cpu: "1", memory: "512Mi" },
      scale: { min: 3, max: 8, cpuPercent: 70, memoryPercent: 80 },
      keepAvailable: 2,
      bootSeconds: 30,
      drainSeconds: 20,
      userId,
      secretsAs: "environment",
      secrets: [
        "DATABASE_URL",
        "REDIS_URL",
        "JWT_SECRET",
        "API_KEY",
        "GITHUB_APP_ID",
        "GITHUB_PRIVATE_KEY",
        "GITHUB_WEBHOOK_SECRET",
        "GITHUB_CLIENT_ID",
        "GITHUB_CLIENT_SECRET",
        "SLACK_SIGNING_SECRET",
        "SLACK_BOT_TOKEN",
      ],
      talksTo: [postgres("main", 8), redis("queue"), https("api.github.com"), https("slack.com")],
    }),
    worker: worker({
      image: "flakeguard-worker:1.0.0",
      metricsPort: 3001,
      settings: { NODE_ENV: "production", HEALTH_CHECK_PORT: "3001", NODE_OPTIONS: heap },
      // /health and /health/ready ask the stores; /health/live asks the process.
      probes: { liveness: http("/health/live"), readiness: http("/health/ready") },
      requests: { cpu: "100m", memory: "256Mi" },
      limits: { cpu: "1", memory: "512Mi" },
      // The list in which BullMQ keeps the webhook events that wait; the report warns at 1000 jobs, eight workers hold 800.
      scale: {
        min: 3,
        max: 8,
        cpuPercent: 70,
        memoryPercent: 80,
        queue: { redis: "queue", list: "bull:github-events:wait", perPod: 100 },
      },
      keepAvailable: 2,
      bootSeconds: 30,
      // A job takes 5 s on average: a worker that is stopped finishes the one it has.
      drainSeconds: 60,
      userId,
      secretsAs: "environment",
      secrets: ["DATABASE_URL", "REDIS_URL", "GITHUB_APP_ID", "GITHUB_PRIVATE_KEY"],
      readsFlags: false,
      talksTo: [postgres("main", 8), redis("queue"), https("api.github.com")],
    }),
    web: service({
      image: "flakeguard-web:1.0.0",
      port: 3002,
      metrics: "none",
      // AUTH_TRUST_HOST: the sign-in builds its callback from the host that the load balancer passes on.
      settings: { NODE_ENV: "production", HOSTNAME: "0.0.0.0", PORT: "3002", AUTH_TRUST_HOST: "true" },
      probes: { liveness: http("/api/health"), readiness: { tcp: "http" } },
      requests: { cpu: "50m", memory: "192Mi" },
      limits: { cpu: "500m", memory: "384Mi" },
      replicas: 3,
      keepAvailable: 2,
      bootSeconds: 30,
      drainSeconds: 20,
      userId,
      secretsAs: "environment",
      secrets: ["GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET", "NEXTAUTH_SECRET"],
      readsFlags: false,
      talksTo: [component("api"), https("github.com"), https("api.github.com")],
    }),
  },
  environments: {
    staging: { components: { api: { max: 4 }, worker: { max: 4 } } },
    development: { components: { api: { max: 4 }, worker: { max: 4 } } },
    local: { components: { api: { max: 4 }, worker: { max: 4 } } },
  },
});
