import type { Platform } from "../../../inventory/platform";
import type { Resource } from "../../../inventory/resource";
import type { Subject } from "../../../inventory/subject";
import type { DnsRecord } from "../../../inventory/facts/aws/dns";
import type { LoadBalancer } from "../../../inventory/facts/aws/load-balancers";
import { equals, holds } from "../../../policy/comparison";
import { asObject } from "../../../policy/json";
import { add, change, remove, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, type Verdict } from "../../../policy/verdict";
import { covers, issued, namesOf } from "./_certificates";
import { hostsOf, publicBalancers } from "../_routing";

/** One thing that a public name needs, with what is to be said of it. */
interface Named extends Subject {
  readonly verdicts: () => readonly Verdict[];
}

const named = ({ stack, address, constructPath, label }: Subject, verdicts: Named["verdicts"]): Named => ({
  stack,
  address,
  constructPath,
  label,
  verdicts,
});

/** A zone that the parent domain delegates to: no resolver asks for the records of another name in it. */
const zoneVerdicts = (zone: Resource, { environment }: Platform): readonly Verdict[] => [
  equals(environment.domain, zone.text("name")?.toLowerCase().replace(/\.$/, ""), "name of the hosted zone"),
  holds(!zone.has("vpc"), "a public hosted zone", "it belongs to a network: only its members see it"),
];

function recordVerdicts(record: DnsRecord, { environment }: Platform): readonly Verdict[] {
  const alias = record.resource.block("alias");
  const zone = alias?.reference("zone_id");
  return [
    equals("A", record.type, "type of the record"),
    equals(
      true,
      record.name?.endsWith(`.${environment.domain}`) ?? false,
      `${record.name ?? "it"} ends with .${environment.domain}`,
    ),
    equals(
      "aws_route53_zone",
      record.resource.resource("zone_id")?.type ?? "no zone of the platform",
      "where the record lies",
    ),
    holds(
      zone !== undefined && zone.resource === record.alias?.target && zone.attribute === "zone_id",
      "the alias names the zone of the load balancer itself",
      alias?.expanded("zone_id") ?? "none",
    ),
  ];
}

function balancerVerdicts(balancer: LoadBalancer, platform: Platform): readonly Verdict[] {
  const listener = balancer.listeners.find(({ protocol }) => protocol === "HTTPS");
  if (!listener) return [fail({ expected: "an HTTPS listener", actual: "none" })];
  const certificates = listener.certificates.filter(({ type }) => type === "aws_acm_certificate");
  const names = certificates.flatMap(namesOf);
  const bare = hostsOf(balancer, platform).filter((host) => !names.some((name) => covers(name, host)));
  return [
    holds(
      bare.length === 0,
      "a certificate of the listener for each name that it serves",
      `none for ${bare.join(", ")}; there are ${names.join(", ") || "no certificates of the stacks"}`,
    ),
    ...certificates.map((one) =>
      equals(balancer.region, one.region, `region of the certificate ${namesOf(one).join(", ")}`),
    ),
  ];
}

const certificates = resource("aws_acm_certificate");
const validation = resource("aws_acm_certificate_validation");
const regional = resource("aws_acm_certificate", (block) => String(block["domain_name"]).startsWith("*.eu-west-1."));
const aliases = resource("aws_route53_record", (block) => block["alias"] !== undefined);
const proofs = resource("aws_route53_record", (block) => block["alias"] === undefined);
const zones = resource("aws_route53_zone");
const caa = (name: string, zone: string, ...records: string[]) =>
  add(name, "dns", "aws_route53_record", "caa", {
    name: zone,
    type: "CAA",
    ttl: 300,
    zone_id: "${aws_route53_zone.zone.zone_id}",
    records,
  });

export default policy({
  id: "NW-19",
  severity: "error",
  proves: ["CA-08", "CA-23", "FL-28"],
  title: "Each public name is in the zone and has an issued certificate in its region",
  because:
    "browsers and Route 53's HTTPS checks refuse a name that the certificate does not cover, and a certificate that cannot be validated is never issued, or not renewed a year later",
  remedy:
    "take names from environment.domain, certificates from ValidatedCertificate, and let CAA records name amazon.com",
  subjects: (platform): readonly Named[] => {
    const balancers = publicBalancers(platform);
    const served = balancers.flatMap(({ listeners }) => listeners.flatMap((listener) => listener.certificates));
    return [
      ...platform.ofType("aws_route53_zone").map((zone) => named(zone, () => zoneVerdicts(zone, platform))),
      ...platform.records
        .filter(({ alias }) => balancers.some((balancer) => balancer.resource === alias?.target))
        .map((record) => named(record, () => recordVerdicts(record, platform))),
      ...balancers.map((balancer) => named(balancer, () => balancerVerdicts(balancer, platform))),
      ...[...new Set(served)].map((certificate) => named(certificate, () => issued(certificate, platform))),
    ];
  },
  check: ({ verdicts }) => verdicts(),
  mutants: [
    change("a zone of one letter less", zones, set("name", "acme.exampl")),
    change("a private zone", zones, set("vpc", { vpc_id: "vpc-0123456789abcdef0" })),
    change("a zone of another owner", aliases, set("zone_id", "Z0123456789ABCDEFGHIJ")),
    change("names of another domain", aliases, (block) => {
      block["name"] = String(block["name"]).replace("acme.example", "acme.example.org");
    }),
    change("the zone of the platform as the load balancer's", aliases, (block) => {
      asObject(block["alias"])["zone_id"] = block["zone_id"] ?? "";
    }),
    change("certificates of another domain", certificates, set("domain_name", "*.example.org")),
    change("no certificate for names of the secondary", regional, set("domain_name", "*.eu-west-2.acme.example")),
    change("a wildcard of the wrong depth", certificates, (block) => {
      block["domain_name"] = String(block["domain_name"]).replace(/^\*\.[a-z0-9-]*-\d\./, "*.");
    }),
    remove("certificates of the region's own names", resource("aws_lb_listener_certificate")),
    change("certificates of the other region", certificates, set("provider", "aws.us-east-1")),
    remove("nothing waits for the certificate", validation),
    change("validation by mail", certificates, set("validation_method", "EMAIL")),
    change("a name more than is proven", certificates, set("subject_alternative_names", ["acme.example"])),
    change("proofs in another zone", proofs, set("zone_id", "Z0123456789ABCDEFGHIJ")),
    caa("a CAA record of another issuer", "acme.example", '0 issue "letsencrypt.org"'),
    caa("a CAA record that lets no authority issue", "eu-west-1.acme.example", '0 issue ";"'),
    caa("wildcards of another issuer", "acme.example", '0 issue "amazon.com"', '0 issuewild "letsencrypt.org"'),
    change(
      "text records, in the secondary",
      resource("aws_route53_record", (block) => block["set_identifier"] === "secondary"),
      set("type", "TXT"),
    ),
    change(
      "no certificate",
      resource("aws_lb_listener", (block) => block["protocol"] === "HTTPS"),
      unset("certificate_arn"),
    ),
  ],
  boundary: {
    holds: caa("a CAA record for Amazon", "acme.example", '0 issue "amazon.com"'),
    breaks: caa("a CAA record for a name like Amazon's", "acme.example", '0 issue "amazon.co"'),
  },
});
