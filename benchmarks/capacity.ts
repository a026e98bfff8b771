/**
 * How long the packing takes as the cluster grows: applications of 20 pods on two nodes each, three zones, two pools, spread
 * over zones, part of them with anti-affinity. Prints a table, a plot and the largest time over n log n.
 * Run: npx esbuild benchmarks/capacity.ts --bundle --platform=node | node - [largest number of applications]
 */
import { pack } from "../models/capacity";
import type { ClusterNode, PodSet } from "../models/capacity";

const PODS_EACH = 20;
const ZONES = ["a", "b", "c"];

function nodes(count: number): ClusterNode[] {
  return Array.from({ length: count }, (_, at) => ({
    name: `node-${at}`, pool: at % 4 === 0 ? "large" : "general",
    labels: { "kubernetes.io/hostname": `node-${at}`, "topology.kubernetes.io/zone": ZONES[at % ZONES.length] ?? "a" },
    allocatable: at % 4 === 0 ? { cpuMillis: 7910, memoryMiB: 29_000, pods: 58 } : { cpuMillis: 3920, memoryMiB: 14_000, pods: 58 },
  }));
}

function applications(count: number): PodSet[] {
  return Array.from({ length: count }, (_, at) => {
    const labels = { app: `app-${at}` };
    return {
      workload: `app-${at}`, count: PODS_EACH,
      pod: {
        namespace: `team-${at % 25}`, labels,
        containers: [{ requests: { cpuMillis: 100 + (at % 7) * 50, memoryMiB: 256 + (at % 11) * 128 } }],
        ...(at % 2 === 0 ? { topologySpread: [{ topologyKey: "topology.kubernetes.io/zone", maxSkew: 1, whenUnsatisfiable: "DoNotSchedule" as const, labelSelector: { matchLabels: labels } }] } : {}),
        ...(at % 5 === 0 ? { podAntiAffinity: [{ topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: labels } }] } : {}),
      },
    };
  });
}

const largest = Number(process.argv[2] ?? 1000);
const sizes = [1 / 16, 1 / 8, 1 / 4, 1 / 2, 1].map((share) => Math.max(1, Math.round(largest * share)));
const rows = sizes.map((size) => {
  const input = { nodes: nodes(2 * size), pods: applications(size) };
  const start = process.cpuUsage();
  const { verdict, orders, visits } = pack(input);
  const used = process.cpuUsage(start);
  const seconds = (used.user + used.system) / 1e6;
  const pods = size * PODS_EACH;
  return { pods, nodes: 2 * size, verdict, orders: orders.tried, visits, seconds, perNLogN: (seconds / orders.tried / (pods * Math.log2(pods))) * 1e6 };
});
const slowest = Math.max(...rows.map(({ seconds }) => seconds));
console.log("   pods  nodes  verdict     orders      visits  CPU s  µs an order / (n log2 n)");
for (const row of rows) {
  console.log(`${String(row.pods).padStart(7)}${String(row.nodes).padStart(7)}  ${row.verdict.padEnd(12)}${String(row.orders).padStart(6)}` +
    `${String(row.visits).padStart(12)}${row.seconds.toFixed(2).padStart(7)}${row.perNLogN.toFixed(3).padStart(8)}  ${"█".repeat(Math.ceil((40 * row.seconds) / slowest))}`);
}
