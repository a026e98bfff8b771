import { createHash } from "node:crypto";
import type { Json } from "../../readiness/inventory/json";

/** Whose attribute it is. */
export interface Owner {
  readonly type: string;
  readonly address: string;
  readonly region: string;
  readonly accountId: string;
}

/** What AWS puts before the hexadecimal part of an id. */
const idPrefixes: Readonly<Record<string, string>> = {
  aws_subnet: "subnet",
  aws_vpc: "vpc",
  aws_security_group: "sg",
  aws_launch_template: "lt",
  aws_eip: "eipalloc",
  aws_route_table: "rtb",
  aws_internet_gateway: "igw",
  aws_nat_gateway: "nat",
  aws_vpc_endpoint: "vpce",
  aws_network_acl: "acl",
  aws_efs_file_system: "fs",
};

const hexOf = (text: string, length: number): string =>
  createHash("sha256").update(text).digest("hex").slice(0, length);

/**
 * A value of the right form for an attribute that only a deployment knows, the same each time. Plans of a stack read the
 * outputs of stacks that are not deployed: the provider checks the form of its input, not its existence.
 */
export function plausibleValue({ type, address, region, accountId }: Owner, attribute: string): Json {
  const last =
    attribute
      .split(".")
      .at(-1)
      ?.replace(/\[\d+\]$/, "") ?? "";
  const hex = hexOf(`${address}.${attribute}`, 17);
  if (/(^|_)arn$/.test(last)) return arnOf(type, hex, region, accountId);
  if (last === "data")
    return Buffer.from("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n").toString("base64");
  if (/security_group_id$/.test(last)) return `sg-${hex}`;
  if (/(^|_)zone_id$/.test(last)) return `Z${hex.toUpperCase()}`;
  if (last === "name_servers") return ["ns-1.example.invalid", "ns-2.example.invalid"];
  if (/url$/.test(last) || (last === "endpoint" && type === "aws_eks_cluster"))
    return `https://${hex}.${region}.example.invalid`;
  if (/endpoint|address|dns_name|host/.test(last)) return `${hex}.${region}.example.invalid`;
  if (last === "port") return 5432;
  if (last === "id") return `${idPrefixes[type] ?? type.replace(/^aws_/, "").replaceAll("_", "-")}-${hex}`;
  return `${last.replaceAll("_", "-")}-${hex}`;
}

function arnOf(type: string, hex: string, region: string, accountId: string): string {
  const uuid = `${hex.slice(0, 8)}-${hex.slice(0, 4)}-4${hex.slice(1, 4)}-8${hex.slice(2, 5)}-${hex.slice(0, 12)}`;
  const at = (service: string, resource: string): string => `arn:aws:${service}:${region}:${accountId}:${resource}`;
  const family = type.replace(/^aws_/, "");
  if (family === "kms_key") return at("kms", `key/${uuid}`);
  if (family.startsWith("acm_certificate")) return at("acm", `certificate/${uuid}`);
  if (family === "s3_bucket") return `arn:aws:s3:::bucket-${hex}`;
  if (family.startsWith("iam_"))
    return `arn:aws:iam::${accountId}:${family === "iam_policy" ? "policy" : "role"}/plimsoll-${hex}`;
  if (family === "lb") return at("elasticloadbalancing", `loadbalancer/app/plimsoll/${hex.slice(0, 16)}`);
  if (family === "lb_listener")
    return at("elasticloadbalancing", `listener/app/plimsoll/${hex.slice(0, 16)}/${hex.slice(0, 16)}`);
  if (family === "lb_target_group") return at("elasticloadbalancing", `targetgroup/plimsoll/${hex.slice(0, 16)}`);
  if (family === "secretsmanager_secret") return at("secretsmanager", `secret:plimsoll-${hex.slice(0, 6)}`);
  if (family === "eks_cluster") return at("eks", `cluster/plimsoll-${hex}`);
  const [service = "proof", ...rest] = family.split("_");
  return at(service, `${rest.join("-") || "resource"}/${hex}`);
}
