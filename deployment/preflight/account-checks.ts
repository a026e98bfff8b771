import { regionRoles } from "../../config/environment";
import { objectOf, textOf } from "../../readiness/inventory/json";
import type { DeployedStack } from "../stack-folder";
import type { Check } from "./check";

/** Address of the first resource of a type in a stack, with the stack. */
function firstOf(stacks: readonly DeployedStack[], type: string, named: RegExp = /./): string | undefined {
  for (const { name, terraform } of stacks)
    for (const resource of Object.keys(objectOf(objectOf(terraform["resource"])[type])))
      if (named.test(resource)) return `${name}/${type}.${resource}`;
  return undefined;
}

/** The two commands that take what exists into a stack's state; synthesis has written the folder. */
export const importCommands = (address: string, id: string): readonly string[] => {
  const [stack = "", resource = ""] = address.split("/");
  const folder = `cdktf.out/stacks/${stack}`;
  return [`terraform -chdir=${folder} init -input=false`, `terraform -chdir=${folder} import '${resource}' ${id}`];
};

export const zoneIsFree: Check = {
  id: "zone",
  title: "No other hosted zone of the domain exists in the account",
  stage: "dns",
  run: async ({ account, environment: { domain }, stacks, deployed }) => {
    if (deployed.has("dns")) return [];
    const zones = await account.hostedZones(domain);
    const address = firstOf(stacks, "aws_route53_zone") ?? "";
    return zones.map(({ id, nameServers }) => ({
      what: `hosted zone ${domain}`,
      found: `zone ${id} exists (${nameServers.join(", ")}) and is not in the state`,
      expected: "the zone of this deployment: a second zone has other name servers, and answers nobody",
      supply: ["adopt it:", ...importCommands(address, id), "or delete it"],
    }));
  },
};

export const domainDelegated: Check = {
  id: "delegation",
  title: "The parent domain delegates to the hosted zone",
  stage: "certificates",
  notEmulated: "no public resolver knows an emulated zone",
  run: async ({ account, environment: { domain } }) => {
    const [zone] = await account.hostedZones(domain);
    if (!zone) return [];
    const wanted = [...zone.nameServers].sort();
    const found = (await account.delegatedTo(domain)).map((name) => name.replace(/\.$/, "")).sort();
    const lacking = wanted.filter((name) => !found.includes(name));
    return lacking.length === 0
      ? []
      : [
          {
            what: `delegation of ${domain}: certificates are validated through it, for at most 75 minutes`,
            found: found.join(", ") || "no NS record",
            expected: wanted.join(", "),
            supply: [`at the registrar or in the parent zone, set NS ${domain} to: ${wanted.join(" ")}`],
          },
        ];
  },
};

export const singletonsFree: Check = {
  id: "singletons",
  title: "What an account may have once does not exist outside of the state",
  stage: "certificates",
  run: async ({ account, environment, stacks, deployed }) => {
    const regions = regionRoles.map((role) => environment.regions[role].name);
    const audit = stacks.filter(({ layer }) => layer === "audit");
    const detectors = audit.some(({ name }) => deployed.has(name))
      ? []
      : (
          await Promise.all(
            regions.map(async (region) =>
              (await account.detectors(region)).map((id) => {
                const address = firstOf(audit, "aws_guardduty_detector", new RegExp(region)) ?? "";
                return {
                  what: `GuardDuty in ${region}`,
                  found: `detector ${id}, made by somebody else`,
                  expected: "none, or the one in the state: AWS allows one a region",
                  supply: ["adopt it:", ...importCommands(address, id), "or delete it"],
                };
              }),
            ),
          )
        ).flat();
    return [...detectors, ...(await replicationGaps(stacks, account, deployed))];
  },
};

async function replicationGaps(
  stacks: Parameters<Check["run"]>[0]["stacks"],
  account: Parameters<Check["run"]>[0]["account"],
  deployed: ReadonlySet<string>,
) {
  const address = firstOf(stacks, "aws_ecr_replication_configuration");
  const stack = stacks.find(({ name }) => name === address?.split("/")[0]);
  if (!address || !stack || deployed.has(stack.name) || !(await account.replicatesImages(stack.region))) return [];
  return [
    {
      what: `image replication of the registry in ${stack.region}`,
      found: "rules made by somebody else, which a deployment would replace",
      expected: "none, or the ones in the state: a registry has one configuration",
      supply: ["adopt it:", ...importCommands(address, "registry"), "or delete the rules"],
    },
  ];
}

/** Endpoint of a cluster as the outputs of its state give it. */
export function clusterEndpoint(state: string | undefined): string | undefined {
  if (state === undefined) return undefined;
  const resources = (JSON.parse(state) as { resources?: readonly unknown[] }).resources ?? [];
  for (const resource of resources.map(objectOf)) {
    if (resource["type"] !== "aws_eks_cluster" || !Array.isArray(resource["instances"])) continue;
    return textOf(objectOf(objectOf(resource["instances"][0])["attributes"])["endpoint"]);
  }
  return undefined;
}

export const apiReachable: Check = {
  id: "kubernetes-api",
  title: "The Kubernetes API of each cluster answers from this machine",
  stage: "platform",
  notEmulated: "an emulated cluster has no API server; the local driver uses its own",
  run: async ({ account, environment: { apiAccessCidrs }, stacks, stateOf }) => {
    const clusters = stacks.filter(({ layer }) => layer === "cluster");
    const gaps = clusters.map(async (stack) => {
      const endpoint = clusterEndpoint(await stateOf(stack));
      if (endpoint === undefined || (await account.answers(endpoint))) return [];
      return [
        {
          what: `Kubernetes API of ${stack.region}`,
          found: `${endpoint} does not answer`,
          expected: `a connection from one of ${apiAccessCidrs.join(", ")}, or from inside the VPC`,
          supply: [
            "connect to the VPN of one of these networks, or deploy from a runner inside the VPC",
            "or add your address to apiAccessCidrs in config/organisation.ts and deploy the stage clusters again",
          ],
        },
      ];
    });
    return (await Promise.all(gaps)).flat();
  },
};
