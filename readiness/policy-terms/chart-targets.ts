import { platformCharts } from "../../catalog/charts";
import type { Platform } from "../inventory/platform";

/** Something that a monitor can select: labels, and the names of its ports. */
export interface ScrapeTarget {
  readonly region: string | undefined;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly portNames: readonly string[];
}

const locksOf = (platform: Platform) =>
  platform.releases.flatMap((release) => {
    const chart = platformCharts.find(({ lock }) => lock.chart === release.chart && lock.version === release.version);
    const rendered = chart?.lock.rendered ?? undefined;
    return rendered === undefined ? [] : [{ region: release.region, rendered }];
  });

/** Services of published charts, as they were rendered. Their labels are at least those that they select pods by. */
export const chartServices = (platform: Platform): readonly ScrapeTarget[] =>
  locksOf(platform).flatMap(({ region, rendered }) =>
    rendered.services.map(({ namespace, selector, ports }) => ({
      region,
      namespace,
      labels: selector,
      portNames: ports.flatMap(({ name }) => name ?? []),
    })),
  );

/** Pods of published charts, as they were rendered. */
export const chartPods = (platform: Platform): readonly ScrapeTarget[] =>
  locksOf(platform).flatMap(({ region, rendered }) =>
    rendered.workloads.map(({ namespace, podLabels, containers }) => ({
      region,
      namespace,
      labels: podLabels,
      portNames: containers.flatMap(({ ports }) => ports.flatMap(({ name }) => name ?? [])),
    })),
  );
