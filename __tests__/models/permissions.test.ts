import { runSimulation } from "@cloud-copilot/iam-simulate";
import { evaluate, matchesArn, matchesPattern, type PermissionRequest, type Statement } from "../../models/permissions";

const account = "111122223333";
const role = `arn:aws:iam::${account}:role/app`;
const key = `arn:aws:kms:eu-west-1:${account}:key/11111111-2222-3333-4444-555555555555`;
const object = "arn:aws:s3:::backups/one";

interface Written {
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | string[];
  readonly Resource?: string | string[];
  readonly Principal?: string | Record<string, string>;
  readonly Condition?: Record<string, Record<string, string | string[]>>;
}

const list = (value: string | string[] | undefined): string[] =>
  value === undefined ? [] : typeof value === "string" ? [value] : value;
const read = (written: readonly Written[]): Statement[] =>
  written.map(({ Effect, Action, Resource, Principal, Condition = {} }) => ({
    effect: Effect,
    actions: list(Action),
    notActions: [],
    resources: list(Resource),
    notResources: [],
    principals:
      typeof Principal === "string"
        ? [Principal]
        : Object.entries(Principal ?? {}).map(([kind, id]) => `${kind}:${id}`),
    notPrincipals: [],
    conditions: Object.entries(Condition).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([name, values]) => ({ operator, key: name, values: list(values) })),
    ),
  }));

const request = (action: string, resource: string, context: Record<string, string> = {}): PermissionRequest => ({
  principal: { kind: "role", arn: role, account },
  action,
  resource,
  resourceAccount: account,
  context: Object.fromEntries(Object.entries(context).map(([name, value]) => [name, [value]])),
});

const toAccount: Written = {
  Effect: "Allow",
  Principal: { AWS: `arn:aws:iam::${account}:root` },
  Action: "kms:*",
  Resource: "*",
};
const put: Written = { Effect: "Allow", Action: "s3:PutObject", Resource: "arn:aws:s3:::backups/*" };
const decrypt: Written = { Effect: "Allow", Action: "kms:Decrypt", Resource: key };
const via = (Effect: "Allow" | "Deny", operator: string, value: string): Written => ({
  ...decrypt,
  Effect,
  Condition: { [operator]: { "kms:ViaService": value } },
});
const s3 = { "kms:ViaService": "s3.eu-west-1.amazonaws.com" };

interface Case {
  readonly name: string;
  readonly identity: readonly Written[];
  readonly resource?: readonly Written[];
  readonly boundary?: readonly Written[];
  readonly request: PermissionRequest;
  readonly allowed: boolean;
}

const cases: readonly Case[] = [
  { name: "an action that is named", identity: [put], request: request("s3:PutObject", object), allowed: true },
  {
    name: "an action in other case",
    identity: [{ ...put, Action: "S3:putobject" }],
    request: request("s3:PutObject", object),
    allowed: true,
  },
  { name: "another action", identity: [put], request: request("s3:GetObject", object), allowed: false },
  {
    name: "another resource",
    identity: [put],
    request: request("s3:PutObject", "arn:aws:s3:::other/one"),
    allowed: false,
  },
  {
    name: "a wildcard in the action",
    identity: [{ ...put, Action: "s3:Put*" }],
    request: request("s3:PutObject", object),
    allowed: true,
  },
  {
    name: "a denial beside it",
    identity: [put, { ...put, Effect: "Deny" }],
    request: request("s3:PutObject", object),
    allowed: false,
  },
  {
    name: "a bucket policy that denies",
    identity: [put],
    resource: [{ Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "*" }],
    request: request("s3:PutObject", object),
    allowed: false,
  },
  {
    name: "a bucket policy that allows the role",
    identity: [],
    resource: [{ ...put, Principal: { AWS: role } }],
    request: request("s3:PutObject", object),
    allowed: true,
  },
  {
    name: "a boundary without the action",
    identity: [put],
    boundary: [decrypt],
    request: request("s3:PutObject", object),
    allowed: false,
  },
  {
    name: "a boundary with the action",
    identity: [put],
    boundary: [put],
    request: request("s3:PutObject", object),
    allowed: true,
  },
  {
    name: "a key that the account decides",
    identity: [decrypt],
    resource: [toAccount],
    request: request("kms:Decrypt", key),
    allowed: true,
  },
  {
    name: "a key of another role",
    identity: [decrypt],
    resource: [{ ...toAccount, Principal: { AWS: `arn:aws:iam::${account}:role/other` } }],
    request: request("kms:Decrypt", key),
    allowed: false,
  },
  {
    name: "a key that names the role",
    identity: [],
    resource: [{ ...toAccount, Principal: { AWS: role } }],
    request: request("kms:Decrypt", key),
    allowed: true,
  },
  {
    name: "a key of the account without a policy of the role",
    identity: [],
    resource: [toAccount],
    request: request("kms:Decrypt", key),
    allowed: false,
  },
  {
    name: "a condition that holds",
    identity: [via("Allow", "StringEquals", s3["kms:ViaService"])],
    resource: [toAccount],
    request: request("kms:Decrypt", key, s3),
    allowed: true,
  },
  {
    name: "a condition with a pattern",
    identity: [via("Allow", "StringLike", "s3.*.amazonaws.com")],
    resource: [toAccount],
    request: request("kms:Decrypt", key, s3),
    allowed: true,
  },
  {
    name: "a condition of another service",
    identity: [via("Allow", "StringEquals", "sns.eu-west-1.amazonaws.com")],
    resource: [toAccount],
    request: request("kms:Decrypt", key, s3),
    allowed: false,
  },
  {
    name: "a condition on a key that is absent",
    identity: [via("Allow", "StringEquals", s3["kms:ViaService"])],
    resource: [toAccount],
    request: request("kms:Decrypt", key),
    allowed: false,
  },
  {
    name: "a condition if the key exists",
    identity: [via("Allow", "StringEqualsIfExists", "sns.eu-west-1.amazonaws.com")],
    resource: [toAccount],
    request: request("kms:Decrypt", key),
    allowed: true,
  },
  {
    name: "a negated condition on an absent key",
    identity: [via("Allow", "StringNotEquals", "sns.eu-west-1.amazonaws.com")],
    resource: [toAccount],
    request: request("kms:Decrypt", key),
    allowed: true,
  },
  {
    name: "a denial under a condition that does not hold",
    identity: [decrypt, via("Deny", "StringNotEquals", s3["kms:ViaService"])],
    resource: [toAccount],
    request: request("kms:Decrypt", key, s3),
    allowed: true,
  },
  {
    name: "a denial of plain transport",
    identity: [put, { ...put, Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }],
    request: request("s3:PutObject", object, { "aws:SecureTransport": "true" }),
    allowed: true,
  },
  {
    name: "a key that must be absent",
    identity: [{ ...decrypt, Condition: { Null: { "kms:ViaService": "true" } } }],
    resource: [toAccount],
    request: request("kms:Decrypt", key, s3),
    allowed: false,
  },
];

describe("the evaluator of permissions", () => {
  it.each(cases.map((one) => [one.name, one] as const))("decides %s", (_name, one) => {
    const decision = evaluate(one.request, {
      identity: read(one.identity),
      ...(one.boundary ? { boundary: read(one.boundary) } : {}),
      ...(one.resource ? { resource: read(one.resource) } : {}),
      resourceDecides: one.request.action.startsWith("kms:") ? "resource" : "either",
    });
    expect(decision.allowed).toBe(one.allowed);
  });

  it.each(cases.map((one) => [one.name, one] as const))("agrees with iam-simulate on %s", async (_name, one) => {
    const document = (Statement: readonly Written[]) => ({ Version: "2012-10-17", Statement });
    const result = await runSimulation(
      {
        identityPolicies: [{ name: "identity", policy: document(one.identity) }],
        serviceControlPolicies: [],
        resourceControlPolicies: [],
        ...(one.resource ? { resourcePolicy: document(one.resource) } : {}),
        ...(one.boundary ? { permissionBoundaryPolicies: [{ name: "boundary", policy: document(one.boundary) }] } : {}),
        request: {
          action: one.request.action,
          principal: role,
          resource: { resource: one.request.resource, accountId: account },
          contextVariables: Object.fromEntries(
            Object.entries(one.request.context).map(([name, [value = ""]]) => [name, value]),
          ),
        },
      },
      {},
    );
    const verdict = result.resultType === "error" ? result.errors.message : result.overallResult;
    expect([one.name, verdict === "Allowed", verdict]).toEqual([one.name, one.allowed, expect.any(String)]);
  });

  it("lets a service in only by the policy of the resource", () => {
    const service = (statements: readonly Written[]) =>
      evaluate(
        { ...request("kms:Decrypt", key), principal: { kind: "service", name: "cloudwatch.amazonaws.com" } },
        { identity: [], resource: read(statements), resourceDecides: "resource" },
      ).allowed;
    expect([
      service([toAccount]),
      service([{ ...toAccount, Principal: { Service: "cloudwatch.amazonaws.com" } }]),
      service([{ ...toAccount, Principal: { Service: "logs.amazonaws.com" } }]),
    ]).toEqual([false, true, false]);
  });

  it("holds a call to every endpoint that it passes", () => {
    const through = (endpoint: readonly Written[]) =>
      evaluate(request("s3:PutObject", object), {
        identity: read([put]),
        endpoints: [read(endpoint)],
        resourceDecides: "either",
      });
    expect(through([{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }])).toEqual({ allowed: true });
    expect(through([{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "*" }])).toEqual({
      allowed: false,
      reason: "the policy of the VPC endpoint does not allow it",
    });
  });

  it("counts an operator that it does not know against the call", () => {
    const decided = (effect: "Allow" | "Deny") =>
      evaluate(request("s3:PutObject", object), {
        identity: read([
          put,
          { ...put, Effect: effect, Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } },
        ]).slice(effect === "Allow" ? 1 : 0),
        resourceDecides: "either",
      }).allowed;
    expect([decided("Allow"), decided("Deny")]).toEqual([false, false]);
  });

  it("matches patterns as IAM does", () => {
    expect([
      matchesPattern("s3:Get?bject", "s3:GetObject"),
      matchesPattern("a.c", "abc"),
      matchesArn("arn:aws:s3:::a*", "arn:aws:s3:::abc/d"),
      matchesArn("arn:aws:ec2:*:*:volume/*", "arn:aws:ec2:eu-west-1:1:volume/v"),
      matchesArn("arn:aws:logs:eu-west-1:1:log-group:x:*", "arn:aws:logs:eu-west-1:1:log-group:x:log-stream:y"),
    ]).toEqual([true, false, true, true, true]);
  });
});
