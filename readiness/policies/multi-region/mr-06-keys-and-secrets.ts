import { equals, holds } from "../../policy/comparison";
import { change, remove, resource, set, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, notApplicable, type Verdict } from "../../policy/verdict";
import type { Item } from "../../inventory/item";
import type { Platform } from "../../inventory/platform";
import type { Listener } from "../../inventory/facts/aws/load-balancers";
import type { Secret } from "../../inventory/facts/aws/secrets";

const https = resource("aws_lb_listener", (block) => block["protocol"] === "HTTPS");
const secrets = resource("aws_secretsmanager_secret");

export default policy({
  id: "MR-06",
  severity: "error",
  proves: ["CA-07", "CA-23", "FL-28"],
  title: "Secrets, their keys and certificates exist in both regions",
  because: "a standby that asks the failed region for its password, or for the key to it, does not start",
  remedy:
    "give the secret a replica in the other region with that region's key; validate each certificate in both regions",
  subjects: (platform): readonly Item[] => [...platform.secrets, ...listenersOf(platform)],
  check: (item, platform) => {
    const secret = platform.secrets.find((one) => one === item);
    const listener = listenersOf(platform).find((one) => one === item);
    return secret ? replicated(secret, platform) : listener ? certified(listener) : [];
  },
  mutants: [
    change("no replica", secrets, unset("replica")),
    change("a replica in a third region", secrets, set("replica.0.region", "eu-central-1")),
    change("with AWS's own key", secrets, unset("replica.0.kms_key_id")),
    change("with the key of the failed region", secrets, (block) => {
      set("replica.0.kms_key_id", String(block["kms_key_id"]))(block);
    }),
    change("no certificate", https, unset("certificate_arn")),
    remove("certificates are gone", resource("aws_acm_certificate")),
    change("both certificates in one region", resource("aws_acm_certificate"), set("provider", "aws.us-east-1")),
  ],
  boundary: {
    holds: change("a further replica", secrets, (block) => {
      if (Array.isArray(block["replica"])) block["replica"].push({ region: "eu-central-1", kms_key_id: "alias/x" });
    }),
    breaks: change(
      "only the further one",
      secrets,
      set("replica", [{ region: "eu-central-1", kms_key_id: "alias/x" }]),
    ),
  },
});

const listenersOf = (platform: Platform): readonly Listener[] =>
  platform.loadBalancers.flatMap(({ listeners }) => listeners).filter(({ protocol }) => protocol === "HTTPS");

function replicated(secret: Secret, platform: Platform): Verdict[] {
  const others = platform.clusters.map(({ region }) => region).filter((region) => region !== secret.region);
  if (others.length === 0) return [notApplicable("there is no other region")];
  return others.flatMap((region) => {
    const replica = secret.replicas.find((one) => one.region === region);
    if (!replica)
      return [
        fail({
          expected: `a replica in ${region ?? "the other region"}`,
          actual: secret.replicas.map((one) => one.region ?? "?").join(", ") || "none",
        }),
      ];
    return [
      replica.key
        ? equals(region, replica.key.resource.region, "region of the replica's key")
        : fail({ expected: "a key of its own for the replica", actual: "none of the stacks" }),
    ];
  });
}

function certified(listener: Listener): Verdict[] {
  const certificates = [...listener.resource.references("certificate_arn")]
    .flatMap(({ resource: found }) =>
      found.type === "aws_acm_certificate_validation" ? found.resources("certificate_arn") : [found],
    )
    .filter(({ type }) => type === "aws_acm_certificate");
  return [
    holds(certificates.length > 0, "a certificate of the stacks", certificates.length > 0 ? "one" : "none"),
    ...certificates.map((certificate) =>
      equals(
        listener.resource.region,
        certificate.region,
        `region of ${certificate.text("domain_name") ?? "the certificate"}`,
      ),
    ),
  ];
}
