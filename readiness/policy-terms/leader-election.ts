import type { Program } from "../../catalog/applications";
import { goSeconds } from "../../models/duration";
import type { Container } from "../inventory/facts/kubernetes/containers";

/** Seconds that client-go's election uses where a flag is not given. Source: k8s.io/component-base v0.36.3 config/v1alpha1/defaults.go, read 2026-11-21. */
const defaults = { "lease-duration": 15, "renew-deadline": 10, "retry-period": 2 } as const;
const flagsOf = ({ command, args }: Container): readonly string[] => [...command, ...args];
/** Whether the container's words switch an election on. */
export const elects = (container: Container): boolean =>
  flagsOf(container).some(
    (flag) => /^--(leader-elect|leader-election|enable-leader-election)(=|-|$)/.test(flag) && !/=false$/.test(flag),
  );

const flagOf = (container: Container, setting: string): string | undefined =>
  flagsOf(container)
    .map((text) => new RegExp(`^--leader-elect(?:ion)?-${setting}=(.+)$`).exec(text)?.[1])
    .find((value) => value !== undefined);

/** Seconds of an election as it runs, and its lease: by flags, else as built into the recorded program, else client-go's. */
export function electionOf(
  container: Container,
  program: Program | undefined,
): { readonly lease: number; readonly renew: number; readonly retry: number; readonly leaseName: string | undefined } {
  const builtIn = program?.leaderElection;
  // What can't be read is never taken for a small number.
  const timing = (setting: keyof typeof defaults, recorded: number | undefined): number => {
    const flag = flagOf(container, setting);
    return flag === undefined ? (recorded ?? defaults[setting]) : (goSeconds(flag) ?? NaN);
  };
  return {
    lease: timing("lease-duration", builtIn?.leaseSeconds),
    renew: timing("renew-deadline", builtIn?.renewSeconds),
    retry: timing("retry-period", builtIn?.retrySeconds),
    leaseName: flagOf(container, "resource-name") ?? builtIn?.lease,
  };
}
