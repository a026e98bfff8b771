import { application, http, https, redis, service, tcp } from "../config/application/application";

/** Analyses failed CI jobs. Its report: claims CA-01 to CA-30. */
export default application({
  name: "ci-failure-agent",
  owner: "ci-platform",
  tier: 1,
  objectives: {
    availability: 0.9995,
    latencyP99Ms: 2000,
    latencyMeanMs: 500,
    errorRate: 0.001,
    rtoMinutes: 30,
    rpoHours: 24,
    // Its code exposes no request metrics: the blackbox exporter measures it from outside.
    measuredBy: { probe: "/health" },
    // The report wants the statistics of the queue probed as well; they answer 200 without Redis too.
    indicators: { "queue-stats": { errorRate: 0.01, measuredBy: { probe: "/queue/stats" } } },
  },
  // Its code checks no caller (src/main.py): the load balancer passes on what comes from the organisation's networks, its CI among them.
  entry: {
    component: "api",
    healthPath: "/health",
    authentication: { networks: "organisation" },
    // It is given the logs of failed builds.
    uninspectedBodies: ["/analyze"],
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
    REDIS_URL: {
      description: "Connection of the task queue, with its password: rediss://...",
      minimumLength: 16,
      connection: "queue",
    },
    GOOGLE_API_KEY: {
      description: "Key of the Gemini API, which analyses the logs of failed jobs",
      minimumLength: 30,
      rotationDays: 90,
    },
  },
  components: {
    // The API is the only program of the public code that starts; docs/applications.md lists what it lacks.
    api: service({
      image: "ci-failure-agent:1.0.0",
      pool: "general",
      port: 8000,
      metrics: "none",
      // Its modules import one another from src/, which the image does not put on the path.
      settings: { PYTHONPATH: "/app/src" },
      // /health answers while the process runs; no path asks a store.
      probes: { liveness: http("/health"), readiness: tcp("http") },
      requests: { cpu: "250m", memory: "512Mi" },
      limits: { cpu: "1", memory: "1Gi" },
      scale: { min: 3, max: 20, cpuPercent: 70, memoryPercent: 80, upWindowSeconds: 60, downWindowSeconds: 300 },
      keepAvailable: 2,
      bootSeconds: 30,
      drainSeconds: 30,
      // A user asks every twenty seconds, and an answer takes 9 ms of CPU and 10 kB; a message takes 20 µs and 1 kB, in and out: to be replaced by what the load test measures.
      throughput: {
        carries: [
          { claim: "CA-25", unit: "concurrent users", total: 1000, perReplica: 400 },
          { claim: "CA-25", unit: "messages/s", total: 10_000, perReplica: 2500 },
        ],
        cpu: "165m",
        megabytesPerSecond: 10,
      },
      secrets: ["REDIS_URL", "GOOGLE_API_KEY"],
      secretsAs: "rendered",
      secretVariables: {
        GOOGLE_API_KEY: "{{ .GOOGLE_API_KEY }}",
        REDIS_HOST: "{{ (urlParse .REDIS_URL).hostname }}",
        REDIS_PORT: '{{ (urlParse .REDIS_URL).host | splitList ":" | last }}',
      },
      talksTo: [redis("queue"), https("generativelanguage.googleapis.com")],
    }),
  },
});
