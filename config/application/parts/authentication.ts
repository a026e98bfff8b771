import { z } from "zod";
import { allow, settings } from "../../allowed";
import { listOf, text } from "../fields";

export const pathPattern = allow(
  z
    .string()
    .max(128)
    .regex(/^\/[A-Za-z0-9._\-/*?]*$/),
  'a path pattern of at most 128 characters, such as "/app/*"',
  "the load balancer matches these",
);

const place = allow(
  z
    .string()
    .max(255)
    .regex(/^[\w.()[\]/-]+:[1-9]\d*$/),
  'a file of the program\'s code and a line, such as "src/auth.ts:12"',
  "a key that the program never compares does not authenticate any caller",
);

const bySecret = settings({
  /** Key of `secrets` that the component checks callers or their sessions with. */
  secret: z.string(),
  /** Where the program checks nothing by default, and what switches the check on: an argument of `args`, a variable of `settings` with its value, or text of a file of `secretFiles`. */
  switchedOnBy: text(
    200,
    "it is looked for among the arguments, settings and rendered files of the component",
  ).optional(),
  /** Where the program's code checks callers, such as `src/auth.ts:12`: NW-13 asks for it where catalog/applications has no record of the code. @default none - the record says it */
  checkedAt: place.optional(),
});
const byAccounts = settings({
  /** Database or cache of the application that holds the accounts and keys of callers. */
  accountsIn: z.string(),
  /** As beside `secret`. */
  checkedAt: place.optional(),
});
const byDelegation = settings({
  /** Service of the application that does it: the component keeps nothing itself and passes requests on. */
  delegatedTo: z.string(),
});
const publicly = settings({
  /** Why everybody may call everything that it answers. */
  public: text(300, "who reads the report must be able to judge it"),
});

/** Listener rules hold three paths each, and the health path is one of six. */
const MOST_OPEN_PATHS = 5;

const byNetworks = settings({
  /** `organisation`: the load balancer passes on only what comes from the environment's `apiAccessCidrs` (offices, VPN, CI), for a program that checks no caller. The health path stays open to every caller. */
  networks: allow(
    z.literal("organisation"),
    "organisation",
    "the load balancer can restrict callers by these networks only",
  ),
  /** What the program does check, such as webhooks with a signature, and is open to the internet. @default nothing */
  open: settings({
    /** One to five. */
    paths: listOf(pathPattern, MOST_OPEN_PATHS),
    /** Key of `secrets` that the program checks their callers with. */
    secret: z.string(),
    /** As beside `authentication.secret`. */
    checkedAt: place.optional(),
  }).optional(),
});

/** How a component that the internet reaches authenticates callers. Exactly one of the forms. */
export const authentication = z.union([bySecret, byAccounts, byDelegation, publicly], {
  error: "one of secret, accountsIn, delegatedTo and public",
});

/** The same of the component that answers what no route names: there the load balancer can do it. */
export const entryAuthentication = z.union([bySecret, byAccounts, byDelegation, publicly, byNetworks], {
  error: "one of secret, accountsIn, delegatedTo, public and networks",
});

export type Authentication = z.infer<typeof entryAuthentication>;
