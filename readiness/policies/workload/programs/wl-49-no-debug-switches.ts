import type { Container } from "../../../inventory/facts/kubernetes/containers";
import { change, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, type Verdict } from "../../../policy/verdict";
import { CONTAINER, deployments, ownWorkloads } from "../_own";

/**
 * Switches of runtimes and servers that belong to a developer's machine. Sources, read 2026-11-29: Node.js CLI
 * documentation (--inspect, NODE_TLS_REJECT_UNAUTHORIZED), uvicorn settings (--reload), Python devmode and PEP 493
 * (PYTHONHTTPSVERIFY), Flask configuration (FLASK_DEBUG), the JDK's JPDA (jdwp), controller-runtime zap flags (zap-devel).
 */
const switches: readonly (readonly [RegExp, string])[] = [
  [/--inspect(-brk|-wait)?\b/, "a debugger listens: who reaches the port runs any code in the pod"],
  [/\bjdwp\b|\bdebugpy\b/, "a debugger listens: who reaches the port runs any code in the pod"],
  [/^NODE_TLS_REJECT_UNAUTHORIZED=0$|^PYTHONHTTPSVERIFY=0$/, "certificates of stores and APIs are not checked"],
  [/^GIT_SSL_NO_VERIFY=(1|true)$|^(--insecure|--insecure-skip-tls-verify)(=true)?$/, "certificates are not checked"],
  [/^PGSSLMODE=(disable|allow|prefer)$/, "passwords and rows cross the network in the clear"],
  [/^(FLASK_DEBUG|DJANGO_DEBUG|DEBUG)=(1|true|True|\*)$/, "errors show code and secrets to callers"],
  [
    /^(NODE_ENV|ENVIRONMENT|APP_ENV|FLASK_ENV|RAILS_ENV)=(?!production$)/,
    "the program runs as on a developer's machine",
  ],
  [/^--reload$/, "the server watches files and starts again, with one process"],
  [/^--?zap-devel(=true)?$/, "logs are text with stack traces, and no JSON"],
];

const written = ({ command, args, environment }: Container): readonly string[] => [
  ...command,
  ...args,
  ...environment.flatMap(({ name, value }) => (value === undefined ? [] : [`${name}=${value}`])),
];

const environment = (name: string, value: string) => set(`${CONTAINER}.env.0`, { name, value });

export default policy({
  id: "WL-49",
  severity: "error",
  proves: ["XB-20"],
  title: "Programs run without switches for development",
  because:
    "a switch that helped to find a fault stays in the release: a debugger is open, certificates are not checked, or errors show secrets, and every probe succeeds",
  remedy: "take the switch out of args or env of the component",
  subjects: (platform) => (platform.environment.name === "production" ? ownWorkloads(platform) : []),
  check: ({ containers, label, region }): Verdict | readonly Verdict[] => {
    const found = containers.flatMap((container) =>
      written(container).flatMap((text) =>
        switches
          .filter(([pattern]) => pattern.test(text))
          .map(([, because]) =>
            fail({
              expected: "no switch for development",
              actual: text,
              message: `${label} in ${region}: container ${container.name} is given ${text}: ${because}`,
            }),
          ),
      ),
    );
    return found.length === 0 ? pass("none") : found;
  },
  mutants: [
    change("a debugger for everybody", deployments, environment("NODE_OPTIONS", "--inspect=0.0.0.0:9229")),
    change("no certificate is checked", deployments, environment("NODE_TLS_REJECT_UNAUTHORIZED", "0")),
    change("a development build", deployments, environment("NODE_ENV", "development")),
    change("errors with code", deployments, environment("FLASK_DEBUG", "1")),
    change("the database in the clear", deployments, environment("PGSSLMODE", "prefer")),
    change("a server that watches its files", deployments, set(`${CONTAINER}.args`, ["--reload"])),
    change(
      "logs for a terminal, in the secondary",
      resource("kubernetes_deployment_v1", (_, __, stack) => stack === "operator-eu-west-1"),
      set(`${CONTAINER}.args`, ["--zap-devel=true"]),
    ),
    change(
      "a debugger of a Java program",
      deployments,
      set(`${CONTAINER}.args`, ["-agentlib:jdwp=transport=dt_socket"]),
    ),
    change("an API whose certificate nothing checks", deployments, set(`${CONTAINER}.args`, ["--insecure"])),
  ],
  boundary: {
    holds: change("production by name", deployments, environment("NODE_ENV", "production")),
    breaks: change("production by another name", deployments, environment("NODE_ENV", "prod")),
  },
});
