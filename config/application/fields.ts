import { z } from "zod";
import { cpuMillis, memoryMiB } from "../../models/quantity";
import { allow, violation } from "../allowed";

/** Most entries of one list or record: beyond it something else than a person has written the file. */
export const MOST_ENTRIES = 40;
/** That many times the most entries no person has written: their number is all that is said of them. */
const BY_A_PROGRAM = 10;

const dnsForm = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;

export const integer = (min: number, max: number) => z.int().min(min).max(max);
export const count = (min: number, max: number, unit: string, because: string) =>
  allow(integer(min, max), `${min} to ${max} ${unit}`, because);

/** A DNS label, RFC 1123, that begins with a letter as Services must. */
export const dnsLabel = (max: number, because: string) =>
  allow(
    z.string().max(max).regex(dnsForm),
    `a DNS label: at most ${max} lower-case letters, digits and hyphens, beginning with a letter`,
    because,
  );

export const cpu = allow(
  z.string().refine((text) => (cpuMillis(text) ?? 0) > 0),
  'a CPU quantity such as "250m" or "2"',
  "the scheduler places pods by it",
);
export const memory = allow(
  z.string().refine((text) => (memoryMiB(text) ?? 0) >= 1),
  'a memory quantity of at least 1Mi, such as "512Mi" or "1Gi"',
  "the scheduler places pods by it, and the kernel kills above the limit",
);
export const port = allow(integer(1, 65535), "a port from 1 to 65535", "TCP knows no other");
export const portName = allow(
  z.string().max(15).regex(dnsForm),
  "a port name of at most 15 characters",
  "Kubernetes refuses longer ones",
);
export const path = allow(
  z
    .string()
    .max(1024)
    .regex(/^\/[\x21-\x7e]*$/),
  'a path of printable ASCII that begins with "/"',
  "it is sent as it stands",
);
export const filePath = allow(
  z
    .string()
    .max(255)
    .regex(/^\/[A-Za-z0-9._/-]+$/),
  "an absolute path of letters, digits, dots, hyphens and underscores",
  "it is mounted there",
);
export const variable = allow(
  z
    .string()
    .max(63)
    .regex(/^[A-Z][A-Z0-9_]*$/),
  "a name of at most 63 upper-case letters, digits and underscores, beginning with a letter",
  "it names an environment variable and a file",
);
export const text = (max: number, because: string) =>
  allow(
    z
      .string()
      .min(1)
      .max(max)
      .regex(/^[\x20-\x7e]*$/),
    `1 to ${max} characters of printable ASCII`,
    because,
  );
export const host = allow(
  z
    .string()
    .max(253)
    .regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/),
  "a lower-case host name of at most 253 characters, each label at most 63",
  "DNS knows no other",
);
export const labelName = (because: string) =>
  allow(
    z
      .string()
      .max(63)
      .regex(/^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/),
    "at most 63 letters, digits, hyphens, dots and underscores",
    because,
  );

/** A list that is either left out or says something. */
export const listOf = <Item extends z.ZodType>(item: Item, most = MOST_ENTRIES) => z.array(item).min(1).max(most);

/** Such a list whose entries differ in what `named` reads of them; a second one is refused at its own line. */
export const distinctListOf = <Item extends z.ZodType>(
  item: Item,
  named: (entry: z.output<Item>) => string,
  because: string,
  most = MOST_ENTRIES,
) =>
  listOf(item, most).superRefine((entries, context) => {
    const names = entries.map(named);
    names.forEach((name, index) => {
      if (names.indexOf(name) !== index)
        context.issues.push(violation([index], name, { allowed: "each once: remove this one", because }));
    });
  });

/** Entries by name; a name that is refused is one finding, and so is a record that no person writes. */
export const recordOf = <Value extends z.ZodType>(
  name: z.ZodType<string, string>,
  value: Value,
  most = MOST_ENTRIES,
): z.ZodRecord<z.ZodType<string, string>, Value> => {
  const counting = (least: number) => (found: unknown, context: z.core.$RefinementCtx) => {
    const size = typeof found === "object" && found !== null ? Object.keys(found).length : 0;
    if (size > most && size >= least)
      context.addIssue({
        code: "custom",
        continue: false,
        params: {
          allowed: `at most ${most} entries`,
          because: "each entry becomes objects of one stack, and more cannot be reviewed",
          found: `${size} entries`,
          counts: true,
        },
      });
  };
  // Of a few too many, what is wrong with each is said, too.
  const entries = z.record(name, value).superRefine(counting(0), { when: () => true });
  const written = z.unknown().superRefine(counting(most * BY_A_PROGRAM));
  return written.pipe(entries) as unknown as z.ZodRecord<z.ZodType<string, string>, Value>;
};
