import { application, http, service, tcp } from "../config/application/application";

/** Replicates container images between registries. Its report: claims FL-01 to FL-36. */
export default application({
  name: "freightliner",
  owner: "supply-chain",
  tier: 1,
  // The report's target is 99.5 %, what it achieved 99.9 %; answers below 200 ms, errors below 5 %, recovery of a pod below 5 minutes.
  objectives: {
    availability: 0.999,
    latencyP99Ms: 200,
    errorRate: 0.05,
    rtoMinutes: 30,
    rpoHours: 24,
    podRecoveryMinutes: 5,
    // Its buckets are 100 ms and 250 ms: the stricter one judges the promised 200 ms.
    measuredBy: {
      component: "server",
      histogram: "freightliner_http_request_duration_seconds",
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      roundToBucket: "down",
      failed: { status: "5.." },
      excluding: { path: "/(health|metrics).*" },
    },
  },
  // Without FREIGHTLINER_API_KEY_AUTH the server checks no key at all (pkg/server/middleware.go).
  entry: {
    component: "server",
    healthPath: "/health",
    authentication: { secret: "FREIGHTLINER_API_KEY", switchedOnBy: "FREIGHTLINER_API_KEY_AUTH=true" },
  },
  secrets: {
    FREIGHTLINER_API_KEY: {
      description: "Key that callers of the API present",
      minimumLength: 32,
      generate: { length: 48, characters: "letters-and-digits" },
      rotationDays: 90,
    },
  },
  components: {
    server: service({
      image: "ghcr.io/hemzaz/freightliner:1.0.0",
      args: ["serve", "--port=8080", "--checkpoint-dir=/var/lib/freightliner", "--workers=25"],
      port: 8080,
      settings: { FREIGHTLINER_API_KEY_AUTH: "true" },
      // /health answers as soon as the server listens; it asks no registry (pkg/server/server.go, healthCheckHandler).
      probes: { liveness: http("/health"), readiness: tcp("http"), startup: http("/health") },
      requests: { cpu: "1", memory: "2Gi" },
      limits: { cpu: "2", memory: "4Gi" },
      scale: { min: 3, max: 4, cpuPercent: 70, memoryPercent: 80 },
      keepAvailable: 2,
      nodes: "one-each",
      pool: "throughput",
      bootSeconds: 45,
      // 15 s of deregistration, 40 s of drain and a margin of 5 s are the 60 s of the report.
      drainSeconds: 40,
      scratchMiB: 4096,
      // Three replicas share what one was measured with: 50 workers copied 149 MB/s, 125 MB/s is the sustained target.
      throughput: {
        carries: [
          { claim: "FL-26", unit: "concurrent workers", total: 50, perReplica: 25 },
          { claim: "FL-26", unit: "MB/s", total: 125, perReplica: 62.5 },
        ],
        cpu: "900m",
        megabytesPerSecond: 125,
      },
      volumes: { checkpoints: { path: "/var/lib/freightliner", sizeGiB: 20 } },
      secrets: ["FREIGHTLINER_API_KEY"],
      // The program reads variables, no files.
      secretsAs: "environment",
      registries: {
        ecr: [
          { region: "us-east-1", repositories: ["mirror/*"], access: "push" },
          { region: "eu-west-1", repositories: ["mirror/*"], access: "push" },
        ],
        google: [{ project: "example-project", location: "europe", repository: "mirror", access: "pull" }],
      },
    }),
  },
});
