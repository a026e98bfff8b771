import { App } from "cdktf";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Environment, regionRoles } from "../../config/environment";
import { AuditStack } from "../../stacks/audit";
import { CertificatesStack } from "../../stacks/certificates";
import { DnsStack } from "../../stacks/dns";
import { EdgeStack } from "../../stacks/edge";
import { IngressStack } from "../../stacks/ingress";
import { siteOf } from "../../config/site";
import { StateStack } from "../../stacks/state";

export type Block = Record<string, unknown>;
export interface Stack {
  readonly "//": { readonly plimsoll: Block };
  readonly terraform: { readonly backend: Record<string, Block>; readonly required_providers: Record<string, Block> };
  readonly provider: { readonly aws: Block[] };
  readonly resource: Record<string, Record<string, Block>>;
}

/** What delivers alarms, of a stack that these tests do not synthesise. */
export const stubDelivery = {
  functionArn: "arn:aws:lambda:eu-west-1:210987654321:function:acme-production-eu-west-1-alarm-delivery",
  functionName: "acme-production-eu-west-1-alarm-delivery",
  queueArn: "arn:aws:sqs:eu-west-1:210987654321:acme-production-eu-west-1-undelivered-alarms",
};

/** Synthesises every stack of the edge as the platform wires them, into a folder of its own. */
export function synthesise(environment: Environment): { folder: string; stacks: Record<string, Stack> } {
  const folder = mkdtempSync(join(tmpdir(), "edge test "));
  const app = new App({ outdir: folder });
  for (const role of regionRoles) new StateStack(app, { environment, role });
  new AuditStack(app, environment);
  const dns = new DnsStack(app, environment);
  const certificates = new CertificatesStack(app, { environment, zoneId: dns.zoneId });
  const [primary, secondary] = regionRoles.map(
    (role) =>
      new IngressStack(app, siteOf(environment, role), {
        vpcId: "vpc-0123456789abcdef0",
        publicSubnetIds: ["subnet-0000000a", "subnet-0000000b", "subnet-0000000c"],
        certificateArns: certificates.certificateArns[role],
        targetCidrs: [environment.regions[role].cidr],
        targetPorts: [8080, 3000],
        bodyExceptions: [],
        nodeSecurityGroupId: "sg-0123456789abcdef0",
        logKeyArn: `arn:aws:kms:${environment.regions[role].name}:${environment.accountId}:key/logs`,
      }).loadBalancer,
  );
  if (!primary || !secondary) throw new Error("an environment has two regions");
  new EdgeStack(app, {
    environment,
    zoneId: dns.zoneId,
    delivery: stubDelivery,
    loadBalancers: { primary, secondary },
    endpoints: [
      { application: "orders", healthPath: "/health" },
      { application: "storefront", healthPath: "/ready" },
    ],
  });
  app.synth();
  const names = readdirSync(join(folder, "stacks")).sort();
  return {
    folder,
    stacks: Object.fromEntries(
      names.map((name) => [
        name,
        JSON.parse(readFileSync(join(folder, "stacks", name, "cdk.tf.json"), "utf8")) as Stack,
      ]),
    ),
  };
}

/** Every instance of a resource type in the given stacks. */
export const all = (type: string, from: Record<string, Stack>): Block[] =>
  Object.values(from).flatMap((each) => Object.values(each.resource[type] ?? {}));

/** The one instance of a resource type. */
export function only(type: string, stack: Stack): Block {
  const [first, ...rest] = all(type, { stack });
  if (!first || rest.length > 0) throw new Error(`there are ${rest.length + (first ? 1 : 0)} ${type}, not one`);
  return first;
}

export const statements = (block: Block): Block[] =>
  (JSON.parse(String(block["policy"])) as { Statement: Block[] }).Statement;

export function stackOf(stacks: Record<string, Stack>, name: string): Stack {
  const found = stacks[name];
  if (!found) throw new Error(`no stack ${name} among ${Object.keys(stacks).join(", ")}`);
  return found;
}
