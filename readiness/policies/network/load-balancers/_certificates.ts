import type { Platform } from "../../../inventory/platform";
import type { Resource } from "../../../inventory/resource";
import { atLeast, equals, holds } from "../../../policy/comparison";
import { fail, pass, type Verdict } from "../../../policy/verdict";

/** Issuers that mean ACM in a CAA record. Source: AWS Certificate Manager user guide, "Configure a CAA record", read 2026-11-29. */
const amazon = ["amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com"];

const lower = (name: string): string => name.toLowerCase().replace(/\.$/, "");

/** Names of the certificate: its own and its alternatives. */
export const namesOf = (certificate: Resource): readonly string[] =>
  [certificate.text("domain_name") ?? "", ...certificate.list("subject_alternative_names")]
    .filter((name) => name !== "")
    .map(lower);

/** Whether a name of a certificate stands for the host; `*` is one label. */
export function covers(name: string, host: string): boolean {
  const [first, ...rest] = lower(host).split(".");
  return name === lower(host) || (first !== undefined && name === `*.${rest.join(".")}`);
}

/** The record at the name or nearest above it decides; without any, every authority may issue. */
function allowedByCaa(name: string, platform: Platform): Verdict {
  const wildcard = name.startsWith("*.");
  const labels = name.replace(/^\*\./, "").split(".");
  for (const [index] of labels.entries()) {
    const at = labels.slice(index).join(".");
    const records = platform.records.filter((one) => one.type === "CAA" && lower(one.name ?? "") === at);
    if (records.length === 0) continue;
    const values = records
      .flatMap((one) => one.values)
      .map((value) => /^\d+\s+(issue|issuewild)\s+"?([^";]*)/.exec(value.trim()))
      .flatMap((found) => (found ? [{ tag: found[1] ?? "", issuer: (found[2] ?? "").trim() }] : []));
    const wild = values.filter(({ tag }) => tag === "issuewild");
    const deciding = wildcard && wild.length > 0 ? wild : values.filter(({ tag }) => tag === "issue");
    return holds(
      deciding.length === 0 || deciding.some(({ issuer }) => amazon.includes(issuer)),
      `the CAA record of ${at} lets Amazon issue ${name}`,
      deciding.map(({ tag, issuer }) => `${tag} ${issuer || "no issuer"}`).join(", "),
    );
  }
  return pass(`no CAA record of the platform is above ${name}`);
}

const domainsOf = (certificate: Resource): readonly string[] => [
  ...new Set(namesOf(certificate).map((name) => name.replace(/^\*\./, ""))),
];

/** Records that prove the domains to ACM. */
function validated(certificate: Resource, platform: Platform): Verdict[] {
  const validations = platform
    .referrers(certificate)
    .filter((one) => one.type === "aws_acm_certificate_validation" && one.resource("certificate_arn") === certificate);
  if (validations.length === 0)
    return [fail({ expected: "a validation of the certificate", actual: "none: it is served before it is issued" })];
  const records = validations.flatMap((one) => one.resources("validation_record_fqdns"));
  // ACM asks the same record of an account for a name in every region, and one for a domain and its wildcard.
  const proven = records
    .filter(({ type }) => type === "aws_route53_record")
    .flatMap((record) => record.resources("name"))
    .filter(({ type }) => type === "aws_acm_certificate")
    .flatMap(domainsOf);
  const missing = domainsOf(certificate).filter((name) => !proven.includes(name));
  const wanted = domainsOf(certificate).length;
  return [
    equals("DNS", certificate.text("validation_method") ?? "none", "how ACM validates the certificate, and renews it"),
    equals([], missing, "domains of the certificate that no validation record proves"),
    atLeast(wanted, new Set(records).size, "records that validate the certificate, one for each domain"),
    holds(
      records.every((record) => record.resource("zone_id")?.type === "aws_route53_zone"),
      "validation records in the platform's zone",
      records.map((record) => record.address).join(", "),
    ),
  ];
}

/** Whether ACM issues the certificate, and renews it. */
export function issued(certificate: Resource, platform: Platform): Verdict[] {
  if (certificate.type !== "aws_acm_certificate")
    return [fail({ expected: "a certificate of ACM", actual: certificate.address })];
  return [
    ...validated(certificate, platform),
    ...namesOf(certificate).map((name) => allowedByCaa(name, platform)),
    holds(!certificate.has("private_key"), "a certificate that ACM renews", "imported: ACM does not renew it"),
  ];
}
