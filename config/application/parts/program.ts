import { z } from "zod";
import { allow, settings } from "../../allowed";
import { dependency } from "./dependency";
import { count, cpu, listOf, memory, recordOf, text, variable } from "../fields";

/** Text of a template: External Secrets renders it in the cluster, so no secret is in the configuration or the state. */
const template = allow(
  z
    .string()
    .min(1)
    .max(8192)
    .regex(/^[\x20-\x7e\n]*$/),
  "1 to 8192 characters of printable ASCII and line feeds",
  "External Secrets renders it",
);

/** What runs in a pod, continuously or once. */
export const program = {
  image: allow(
    z
      .string()
      .max(255)
      .regex(/^[a-z0-9]+([._/-][a-z0-9]+)*:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/),
    'an image with its tag, such as "ci-failure-agent:1.0.0" or "ghcr.io/example/app:1.0.0"',
    "the digest is looked up in apps/images.lock.json, and the mirror in the region's own registry is put before it",
  ),
  command: listOf(text(4096, "it is an argument of a command")).optional(),
  args: listOf(text(4096, "it is an argument of a command")).optional(),
  requests: settings({ cpu, memory }),
  limits: settings({ cpu: cpu.optional(), memory }),
  /** Plain settings as environment variables. Nothing secret: they stand in the state as they are. */
  settings: recordOf(variable, text(4096, "it is the value of an environment variable")).optional(),
  /** Keys of the application's `secrets` that the pod gets. */
  secrets: listOf(z.string()).optional(),
  /** How: as files below /var/run/secrets/application, whose paths `<KEY>_FILE` says, as environment variables by reference, or only inside `secretFiles` and `secretVariables`. @default files - they are not inherited, not logged, and change without a restart */
  secretsAs: allow(
    z.enum(["files", "environment", "rendered"]),
    "files, environment or rendered",
    "a pod reads secrets in no other way",
  ).optional(),
  /** Files below /var/run/secrets/application that hold secrets among other things, such as a configuration file: templates of External Secrets (Go templates with Sprig functions) in which `{{ .KEY }}` is a key of `secrets`. @default none */
  secretFiles: recordOf(
    allow(
      z
        .string()
        .max(63)
        .regex(/^[a-z0-9]([-a-z0-9._]*[a-z0-9])?$/),
      'a file name of lower-case letters, digits, dots and hyphens, such as "server.yaml"',
      "it is a key of a Secret",
    ),
    template,
    5,
  ).optional(),
  /** Environment variables rendered from secrets, such as the host of a connection: templates like those of `secretFiles`. @default none */
  secretVariables: recordOf(variable, template, 20).optional(),
  /** Feature flags of the application as environment variables. @default true where the application has flags */
  readsFlags: z.boolean().optional(),
  /** What its pods reach. @default nothing but DNS */
  talksTo: listOf(dependency).optional(),
  /** Pool of the environment to run in: `services`, `general` or `throughput` as shipped. @default services - general has room for the platform and little else */
  pool: z.string().optional(),
  /** Whether the image holds its program alone: no shell and no `sleep`, which a hook could run. @default false */
  distroless: z.boolean().optional(),
  /** User and group of the process. @default 10001 - no account of a node has it */
  userId: count(1, 65535, "as user id", "0 is root, which the restricted pod security standard refuses").optional(),
  /** Room below /tmp, gone with the pod. @default 64 */
  scratchMiB: count(1, 51_200, "MiB", "it lies on the node's own disk").optional(),
};

/** Where parts run that name no pool. */
export const DEFAULT_POOL = "services";

export const poolOf = ({ pool }: { readonly pool?: string | undefined }): string => pool ?? DEFAULT_POOL;
