import { application, https, http, redis, service, worker } from "../config/application/application";

/** Detects, analyses and reruns failed CI jobs. Its report: claims CA-01 to CA-30. */
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
  },
  entry: { component: "api", healthPath: "/health", authentication: { secret: "API_KEY" } },
  caches: {
    queue: { engine: "redis", version: "7", memoryMiB: 1024, persistent: true, rtoMinutes: 30, rpoMinutes: 60 },
  },
  secrets: {
    REDIS_URL: {
      description: "Connection of the task queue, with its password: rediss://...",
      minimumLength: 16,
      connection: "queue",
    },
    API_KEY: {
      description: "Key that callers of the API present",
      minimumLength: 32,
      generate: { length: 48, characters: "letters-and-digits" },
      rotationDays: 90,
    },
    GITHUB_TOKEN: {
      description: "Token of the GitHub App that reads and reruns failed jobs",
      minimumLength: 40,
      rotationDays: 30,
    },
  },
  components: {
    api: service({
      image: "ci-failure-agent:1.0.0",
      pool: "general",
      port: 8080,
      probes: { liveness: http("/health"), readiness: http("/ready") },
      requests: { cpu: "250m", memory: "512Mi" },
      limits: { cpu: "1", memory: "1Gi" },
      scale: { min: 3, max: 20, cpuPercent: 70, memoryPercent: 80, upWindowSeconds: 60, downWindowSeconds: 300 },
      keepAvailable: 2,
      bootSeconds: 30,
      drainSeconds: 30,
      // A user asks every twenty seconds, and an answer takes 9 ms of CPU and 10 kB: to be replaced by what the load test measures.
      throughput: {
        carries: [{ claim: "CA-25", unit: "concurrent users", total: 1000, perReplica: 400 }],
        cpu: "180m",
        megabytesPerSecond: 0.5,
      },
      secrets: ["REDIS_URL", "API_KEY"],
      talksTo: [redis("queue")],
    }),
    // Four workers at a time, as the report says: the queue's priorities decide what they take, not their number.
    worker: worker({
      image: "ci-failure-agent:1.0.0",
      command: ["python", "-m", "src.task_worker"],
      metricsPort: 9090,
      probes: { liveness: http("/health") },
      requests: { cpu: "200m", memory: "512Mi" },
      limits: { cpu: "1", memory: "1Gi" },
      replicas: 4,
      keepAvailable: 3,
      bootSeconds: 30,
      drainSeconds: 60,
      // Messages of 1 kB, taken from the queue a hundred at a time: to be replaced by what the load test measures.
      throughput: {
        carries: [{ claim: "CA-25", unit: "messages/s", total: 10_000, perReplica: 2500 }],
        cpu: "50m",
        megabytesPerSecond: 10,
      },
      secrets: ["REDIS_URL", "GITHUB_TOKEN"],
      talksTo: [redis("queue"), https("api.github.com")],
    }),
  },
});
