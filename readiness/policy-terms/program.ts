import { type Program, programOf } from "../../catalog/applications";
import type { Platform } from "../inventory/platform";
import type { Container } from "../inventory/facts/kubernetes/containers";
import type { Workload } from "../inventory/facts/kubernetes/workload-graph";
import { ownWorkloads } from "./scope";

/** A workload, its first container, and the program that runs in it. */
export interface Running {
  readonly workload: Workload;
  readonly container: Container;
  readonly program: Program;
}

/** The recorded program of the workload; undefined where its code was not recorded. */
export function runningIn(workload: Workload, platform: Platform): Running | undefined {
  const program = programOf(platform.applicationRecords, workload.namespace, workload.name);
  const [container] = workload.containers;
  return program && container ? { workload, container, program } : undefined;
}

/** Workloads of the project whose program's code was recorded. */
export const recordedWorkloads = (platform: Platform): readonly Workload[] =>
  ownWorkloads(platform).filter((workload) => runningIn(workload, platform) !== undefined);

/** Values of the flags in the container's words: `--name=value`, `--name value`, or "true" without a value. */
export function flagsOf({ command, args }: Container): Readonly<Record<string, string>> {
  const words = [...command, ...args];
  return Object.fromEntries(
    words.flatMap((word, index): [string, string][] => {
      if (!word.startsWith("--")) return [];
      const [name = "", ...rest] = word.split("=");
      if (rest.length > 0) return [[name, rest.join("=")]];
      const next = words[index + 1];
      return [[name, next === undefined || next.startsWith("-") ? "true" : next]];
    }),
  );
}

/** What the container gives to one of the flags or variables; undefined where none is set in the open. */
export function givenTo(names: readonly string[], container: Container): string | undefined {
  const flags = flagsOf(container);
  return names
    .map((name) => flags[name] ?? container.environment.find((variable) => variable.name === name)?.value)
    .find((value) => value !== undefined);
}

/** Whether the program is given its configuration file: what is in it is not seen here. */
export const configured = ({ container, program }: Running): boolean =>
  program.configuration !== undefined && program.configuration.flag in flagsOf(container);

/** Whether the program answers a request of the path. */
export const answered = ({ program }: Running, path: string): boolean =>
  Object.keys(program.paths).some(
    (known) => known === path || (known.endsWith("*") && path.startsWith(known.slice(0, -1))),
  );
