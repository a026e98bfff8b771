/**
 * How long the packing takes as the cluster grows: applications of 20 pods on two nodes each, three zones, two pools, spread
 * over zones, part of them with anti-affinity. Prints a table, draws benchmarks/capacity.svg, and ends with 1 when the largest
 * cluster takes 5 s of CPU or more, or an order grows faster than n log n.
 * Run: npx esbuild benchmarks/capacity.ts --bundle --platform=node | node - [largest number of applications]
 */
import { writeFileSync } from "node:fs";
import { pack } from "../models/capacity";
import type { ClusterNode, PodSet } from "../models/capacity";

const PODS_EACH = 20;
const ZONES = ["a", "b", "c"];

function nodes(count: number): ClusterNode[] {
  return Array.from({ length: count }, (_, at) => ({
    name: `node-${at}`,
    pool: at % 4 === 0 ? "large" : "general",
    labels: { "kubernetes.io/hostname": `node-${at}`, "topology.kubernetes.io/zone": ZONES[at % ZONES.length] ?? "a" },
    allocatable:
      at % 4 === 0
        ? { cpuMillis: 7910, memoryMiB: 29_000, pods: 58 }
        : { cpuMillis: 3920, memoryMiB: 14_000, pods: 58 },
  }));
}

function applications(count: number): PodSet[] {
  return Array.from({ length: count }, (_, at) => {
    const labels = { app: `app-${at}` };
    return {
      workload: `app-${at}`,
      count: PODS_EACH,
      pod: {
        namespace: `team-${at % 25}`,
        labels,
        containers: [{ requests: { cpuMillis: 100 + (at % 7) * 50, memoryMiB: 256 + (at % 11) * 128 } }],
        ...(at % 2 === 0
          ? {
              topologySpread: [
                {
                  topologyKey: "topology.kubernetes.io/zone",
                  maxSkew: 1,
                  whenUnsatisfiable: "DoNotSchedule" as const,
                  labelSelector: { matchLabels: labels },
                },
              ],
            }
          : {}),
        ...(at % 5 === 0
          ? { podAntiAffinity: [{ topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: labels } }] }
          : {}),
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
  return {
    pods,
    nodes: 2 * size,
    verdict,
    orders: orders.tried,
    visits,
    seconds,
    perNLogN: (seconds / orders.tried / (pods * Math.log2(pods))) * 1e6,
  };
});
const largestPods = Math.max(...rows.map(({ pods }) => pods));
/** Mean of the cost of an order over n log n, in µs. */
const fitted = rows.reduce((sum, row) => sum + row.perNLogN, 0) / rows.length;
const last = rows.at(-1);
if (last === undefined) throw new Error("nothing was measured");
console.log("   pods  nodes  verdict     orders      visits  CPU s  µs an order / (n log2 n)");
for (const row of rows) {
  console.log(
    `${String(row.pods).padStart(7)}${String(row.nodes).padStart(7)}  ${row.verdict.padEnd(12)}${String(row.orders).padStart(6)}` +
      `${String(row.visits).padStart(12)}${row.seconds.toFixed(2).padStart(7)}${row.perNLogN.toFixed(3).padStart(8)}`,
  );
}
writeFileSync("benchmarks/capacity.svg", plot());

const LIMIT_SECONDS = 5;
/** How much a larger cluster may cost beyond n log n: noise of the machine. */
const NOISE = 2;
const growth = last.perNLogN / Math.min(...rows.slice(0, -1).map(({ perNLogN }) => perNLogN));
console.log(
  `${last.pods} pods on ${last.nodes} nodes: ${last.seconds.toFixed(2)} s of CPU (under ${LIMIT_SECONDS} wanted); an order costs ${growth.toFixed(2)} times n log n of the cheapest (up to ${NOISE} wanted)`,
);
process.exitCode = last.seconds < LIMIT_SECONDS && growth <= NOISE ? 0 : 1;

/** Both axes logarithmic: what grows as n log n runs along the dashed line. */
function plot(): string {
  const [width, height, margin] = [640, 400, 60];
  const order = rows.map(({ pods, seconds, orders }) => ({ pods, milliseconds: (seconds / orders) * 1000 }));
  const line = rows.map(({ pods }) => ({ pods, milliseconds: (fitted * pods * Math.log2(pods)) / 1000 }));
  const all = [...order, ...line].map(({ milliseconds }) => milliseconds);
  const scale = (value: number, from: number, to: number, start: number, end: number): number =>
    start + ((Math.log(value) - Math.log(from)) / (Math.log(to) - Math.log(from))) * (end - start);
  const x = (pods: number): number => scale(pods, (rows[0]?.pods ?? 1) / 1.3, largestPods * 1.3, margin, width - 20);
  const y = (milliseconds: number): number =>
    scale(milliseconds, Math.min(...all) / 1.5, Math.max(...all) * 1.5, height - margin, 20);
  const point = ({ pods, milliseconds }: { pods: number; milliseconds: number }): string =>
    `${x(pods).toFixed(1)},${y(milliseconds).toFixed(1)}`;
  const text = (at: string, anchor: string, words: string): string =>
    `<text ${at} text-anchor="${anchor}">${words}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    `<path d="M${margin},20V${height - margin}H${width - 20}" fill="none" stroke="black"/>`,
    `<polyline points="${line.map(point).join(" ")}" fill="none" stroke="gray" stroke-dasharray="6 4"/>`,
    `<polyline points="${order.map(point).join(" ")}" fill="none" stroke="#1f5fa8" stroke-width="2"/>`,
    ...order.map(
      (one) => `<circle cx="${x(one.pods).toFixed(1)}" cy="${y(one.milliseconds).toFixed(1)}" r="4" fill="#1f5fa8"/>`,
    ),
    ...order.map((one) =>
      text(
        `x="${x(one.pods).toFixed(1)}" y="${(y(one.milliseconds) - 10).toFixed(1)}"`,
        "middle",
        `${one.milliseconds.toFixed(one.milliseconds < 10 ? 1 : 0)} ms`,
      ),
    ),
    ...rows.map(({ pods }) => text(`x="${x(pods).toFixed(1)}" y="${height - margin + 18}"`, "middle", String(pods))),
    text(`x="${width / 2}" y="${height - 20}"`, "middle", "pods, on a tenth as many nodes"),
    text(
      `x="18" y="${height / 2}" transform="rotate(-90 18 ${height / 2})"`,
      "middle",
      "CPU time of one order of creation, ms",
    ),
    text(`x="${width - 30}" y="40"`, "end", `dashed: ${fitted.toFixed(2)} µs × n log2 n`),
    "</svg>",
    "",
  ].join("\n");
}
