import type { Item } from "../../item";

export interface WebAcl extends Item {
  readonly scope: string | undefined;
  readonly defaultAction: "allow" | "block" | "count" | "captcha" | "challenge" | undefined;
  readonly rules: readonly {
    readonly name: string | undefined;
    readonly priority: number | undefined;
    readonly action: "allow" | "block" | "count" | "captcha" | "challenge" | "group" | undefined;
    readonly rateLimit: number | undefined;
    readonly managedGroup: string | undefined;
  }[];
}
