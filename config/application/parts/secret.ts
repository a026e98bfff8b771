import { z } from "zod";
import { allow, settings } from "../../allowed";
import { count, text } from "../fields";

/** Letters and digits of generated values; both forms may stand in a URL, a header and a shell without quoting. */
export const alphabets = ["letters-and-digits", "hexadecimal"] as const;

export const secret = settings({
  /** What the value is for; shown to the operator who sets it. */
  description: text(500, "it is shown in the console beside the secret"),
  /** Shortest value accepted, in characters. */
  minimumLength: count(1, 4096, "characters", "an empty value is no secret"),
  /** The platform makes the value, in Secrets Manager itself: it is in no file and no state. @default none - a person enters it */
  generate: settings({
    length: count(8, 4096, "characters", "a shorter secret can be guessed"),
    characters: allow(z.enum(alphabets), alphabets.join(" or "), "values stand in URLs and headers"),
  }).optional(),
  /** Name of the database or cache whose connection URL this is: the construct of the store writes the value. */
  connection: z.string().optional(),
  /** An identifier beside secrets, such as an app id: it may be short and is not rotated. @default false */
  identifier: z.boolean().optional(),
  /** Longest life of a value. What the platform generated it then replaces, and restarts the pods with the new one alone. For values from elsewhere it notifies the owners each day that they are due. @default 90 - a quarter, after which its readers are no longer known */
  rotationDays: count(1, 365, "days", "a value that lives longer than a year is never rotated").optional(),
});

export type Secret = z.infer<typeof secret>;

/** Days after which the value is replaced; undefined for identifiers. */
export function rotationDaysOf({ identifier, rotationDays }: Secret): number | undefined {
  return identifier === true ? undefined : (rotationDays ?? 90);
}

/** Who writes the value. */
export function originOf({ generate, connection }: Secret): "generated" | "connection" | "entered" {
  return generate ? "generated" : connection === undefined ? "entered" : "connection";
}
