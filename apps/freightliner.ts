import { application, http, service, tcp } from "../config/application/application";

const checkpoints = "/var/lib/freightliner";

/**
 * The program's configuration file. JSON is YAML. It takes the checkpoint directory and the listen address from a file
 * only (`serve` has no flag for the one, no variable for the other), and the key must not be an argument.
 */
const configuration = JSON.stringify({
  server: { host: "0.0.0.0", port: 8080, api_key_auth: true, api_key: "{{ .API_KEY }}", shutdown_timeout: "40s" },
  workers: { serve_workers: 25 },
  // A directory of its own in the volume: the program sets its mode, which it may not do to the volume's root.
  checkpoint: { directory: `${checkpoints}/checkpoints` },
  gcr: { project: "example-project", location: "eu" },
});

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
    // The program registers its metrics where /metrics does not look (pkg/metrics/registry.go): it serves those of the Go
    // run time alone. The blackbox exporter asks it from outside.
    measuredBy: { probe: "/health" },
  },
  // Without server.api_key_auth the server checks no key at all (pkg/server/server.go).
  entry: {
    component: "server",
    healthPath: "/health",
    authentication: { secret: "API_KEY", switchedOnBy: '"api_key_auth":true' },
  },
  secrets: {
    API_KEY: {
      description: "Key that callers of the replication API present in X-API-Key",
      minimumLength: 32,
      generate: { length: 48, characters: "letters-and-digits" },
      rotationDays: 90,
    },
  },
  components: {
    server: service({
      image: "ghcr.io/hemzaz/freightliner:1.0.0",
      args: ["serve", "--no-banner", "--config=/var/run/secrets/application/freightliner.yaml"],
      port: 8080,
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
      volumes: { checkpoints: { path: checkpoints, sizeGiB: 20 } },
      secrets: ["API_KEY"],
      secretsAs: "rendered",
      secretFiles: { "freightliner.yaml": configuration },
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
