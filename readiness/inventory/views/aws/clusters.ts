import { isObject, type JsonObject } from "../../json";
import { itemOf, oneOf } from "../../reading";
import type { Block, Resource } from "../../resource";
import type { State } from "../../state";
import type { AccessEntry, AddOn, Cluster, PodIdentity } from "../../facts/aws/clusters";
import type { LaunchTemplate, NodeGroup, Taint } from "../../facts/aws/node-groups";
import { kubeletOf, nodeConfigOf } from "./node-config";

const effects: Readonly<Record<string, Taint["effect"]>> = {
  NO_SCHEDULE: "NoSchedule",
  NO_EXECUTE: "NoExecute",
  PREFER_NO_SCHEDULE: "PreferNoSchedule",
};

export function launchTemplatesOf(state: State): readonly LaunchTemplate[] {
  return state.ofType("aws_launch_template").map((resource) =>
    itemOf(resource, `launch template ${resource.text("name") ?? resource.name}`, (read) => {
      const userData = read.text("user_data");
      const nodeConfig = userData === undefined ? undefined : nodeConfigOf(userData);
      return {
        httpEndpoint: read.text("metadata_options.http_endpoint"),
        httpTokens: read.text("metadata_options.http_tokens"),
        hopLimit: read.number("metadata_options.http_put_response_hop_limit"),
        // Without an instance type the provider sends no credit specification (hashicorp/terraform-provider-aws#30674).
        cpuCredits: read.has("instance_type") ? read.text("credit_specification.cpu_credits") : undefined,
        imageId: read.has("image_id"),
        nodeConfig,
        kubelet: nodeConfig && kubeletOf(nodeConfig),
        volumes: read.blocks("block_device_mappings").map((mapping) => ({
          device: mapping.text("device_name"),
          type: mapping.text("ebs.volume_type"),
          sizeGiB: mapping.number("ebs.volume_size"),
          encrypted: mapping.flag("ebs.encrypted"),
          key: mapping.reference("ebs.kms_key_id"),
        })),
      };
    }),
  );
}

export function nodeGroupsOf(state: State, templates: readonly LaunchTemplate[]): readonly NodeGroup[] {
  return state.ofType("aws_eks_node_group").map((resource) =>
    itemOf(resource, `node group ${nameOf(resource) ?? resource.name}`, (read) => {
      const subnets = read.resources("subnet_ids").filter((subnet) => subnet.type === "aws_subnet");
      const template = read.resource("launch_template.id") ?? read.resource("launch_template.name");
      return {
        name: read.has("node_group_name_prefix") ? nameOf(resource) : read.text("node_group_name"),
        replacedFirst: read.flag("lifecycle.create_before_destroy") === true && !read.has("node_group_name"),
        cpuCredits:
          templateOf(templates, template)?.cpuCredits ?? creditsOf(state, resource, read.list("instance_types")),
        tags: read.map("tags"),
        region: resource.region,
        clusterName: read.text("cluster_name"),
        instanceTypes: read.list("instance_types"),
        capacityType: read.has("capacity_type")
          ? oneOf(read.text("capacity_type"), ["ON_DEMAND", "SPOT"])
          : ("ON_DEMAND" as const),
        min: read.number("scaling_config.min_size"),
        max: read.number("scaling_config.max_size"),
        desired: read.number("scaling_config.desired_size"),
        labels: read.map("labels"),
        taints: read.blocks("taint").map(taintOf),
        subnets,
        zones: zonesOf(subnets),
        amiType: read.text("ami_type"),
        nodeRepair: read.has("node_repair_config") ? read.flag("node_repair_config.enabled") : false,
        launchTemplate: templateOf(templates, template),
      };
    }),
  );
}

const templateOf = (templates: readonly LaunchTemplate[], template: Resource | undefined): LaunchTemplate | undefined =>
  templates.find((one) => one.resource === template);

/** A name, or the prefix that EKS completes. */
const nameOf = (group: Resource): string | undefined =>
  group.text("node_group_name") ?? group.text("node_group_name_prefix")?.replace(/-$/, "");

/** What the account's default says of every burstable type; undefined: EC2's own, unlimited. */
function creditsOf(state: State, group: Resource, types: readonly string[]): string | undefined {
  const families = [...new Set(types.map((type) => type.replace(/\..*$/, "")))].filter((family) => /^t\d/.test(family));
  const found = families.map((family) =>
    state
      .ofType("aws_ec2_default_credit_specification")
      .find((one) => one.region === group.region && one.text("instance_family") === family)
      ?.text("cpu_credits"),
  );
  return found.length > 0 && found.every((credits) => credits === found[0]) ? found[0] : undefined;
}

function taintOf(taint: Block): Taint {
  return {
    key: taint.text("key") ?? "",
    value: taint.text("value") ?? "",
    effect: effects[taint.text("effect") ?? ""] ?? "NoSchedule",
  };
}

export function zonesOf(subnets: readonly Resource[]): readonly string[] {
  return [...new Set(subnets.flatMap((subnet) => subnet.text("availability_zone") ?? []))].sort();
}

export function addOnsOf(state: State): readonly AddOn[] {
  return state.ofType("aws_eks_addon").map((resource) =>
    itemOf(resource, `add-on ${resource.text("addon_name") ?? resource.name}`, (read) => ({
      name: read.text("addon_name"),
      version: read.text("addon_version"),
      configuration: parsed(read.expanded("configuration_values")),
    })),
  );
}

function parsed(text: string | undefined): JsonObject {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

export function podIdentitiesOf(state: State): readonly PodIdentity[] {
  const associations = state
    .ofType("aws_eks_pod_identity_association")
    .map((resource) => podIdentity(resource, resource, ""));
  const ofAddOns = state
    .ofType("aws_eks_addon")
    .flatMap((resource) =>
      resource
        .blocks("pod_identity_association")
        .map((association, index) => podIdentity(resource, association, `#${index}`)),
    );
  return [...associations, ...ofAddOns];
}

/** An add-on makes its own association, in its own namespace, which is kube-system for those of EKS. */
function podIdentity(resource: Resource, association: Block, suffix: string): PodIdentity {
  const account = association.text("service_account");
  return itemOf(resource, `Pod Identity ${account ?? resource.name}${suffix}`, (read) => {
    const own = suffix === "" ? read : association;
    const role = own.resource("role_arn");
    return {
      region: resource.region,
      namespace: suffix === "" ? own.text("namespace") : "kube-system",
      serviceAccount: account,
      role,
      roleName: role?.text("name"),
    };
  });
}

export function clustersOf(
  state: State,
  nodeGroups: readonly NodeGroup[],
  addOns: readonly AddOn[],
  identities: readonly PodIdentity[],
): readonly Cluster[] {
  return state.ofType("aws_eks_cluster").map((resource) =>
    itemOf(resource, `cluster ${resource.text("name") ?? resource.name}`, (read) => {
      const name = read.text("name");
      const belongs = (item: { readonly resource: Resource }): boolean =>
        state.dependencies(item.resource).includes(resource) ||
        (name !== undefined && item.resource.region === resource.region && item.resource.text("cluster_name") === name);
      const role = state.stacks.find((stack) => stack.name === resource.stack)?.role;
      const subnets = read.resources("vpc_config.subnet_ids").filter((subnet) => subnet.type === "aws_subnet");
      return {
        name,
        region: resource.region,
        role: role === "global" ? undefined : role,
        version: read.text("version"),
        // What EKS does when they are not written: public to everybody.
        endpointPublicAccess: read.has("vpc_config.endpoint_public_access")
          ? read.flag("vpc_config.endpoint_public_access")
          : true,
        endpointPrivateAccess: read.has("vpc_config.endpoint_private_access")
          ? read.flag("vpc_config.endpoint_private_access")
          : false,
        publicAccessCidrs: read.has("vpc_config.public_access_cidrs")
          ? read.list("vpc_config.public_access_cidrs")
          : ["0.0.0.0/0"],
        serviceCidr: read.text("kubernetes_network_config.service_ipv4_cidr"),
        logTypes: read.list("enabled_cluster_log_types"),
        encryptsSecrets: read.list("encryption_config.resources").includes("secrets"),
        encryptionKey: read.resource("encryption_config.provider.key_arn"),
        authenticationMode: read.has("access_config.authentication_mode")
          ? read.text("access_config.authentication_mode")
          : "CONFIG_MAP",
        creatorIsAdmin: read.has("access_config.bootstrap_cluster_creator_admin_permissions")
          ? read.flag("access_config.bootstrap_cluster_creator_admin_permissions")
          : true,
        supportType: read.has("upgrade_policy.support_type") ? read.text("upgrade_policy.support_type") : "EXTENDED",
        deletionProtection: read.has("deletion_protection") ? read.flag("deletion_protection") : false,
        zonalShift: read.has("zonal_shift_config.enabled") ? read.flag("zonal_shift_config.enabled") : false,
        subnets,
        zones: zonesOf(subnets),
        addOns: addOns.filter(belongs),
        podIdentities: identities.filter(belongs),
        nodeGroups: nodeGroups.filter(belongs),
        accessEntries: state
          .ofType("aws_eks_access_entry")
          .map((entry) => accessEntryOf(state, entry))
          .filter(belongs),
      };
    }),
  );
}

function accessEntryOf(state: State, resource: Resource): AccessEntry {
  const principalArn = resource.expanded("principal_arn");
  return itemOf(resource, `access entry ${principalArn ?? resource.name}`, (read) => ({
    principalArn,
    principal: read.reference("principal_arn"),
    type: read.text("type") ?? "STANDARD",
    kubernetesGroups: read.list("kubernetes_groups"),
    policies: state
      .ofType("aws_eks_access_policy_association")
      .filter(
        (one) =>
          one.stack === resource.stack &&
          one.expanded("principal_arn") === principalArn &&
          one.expanded("cluster_name") === resource.expanded("cluster_name"),
      )
      .map((one) => ({
        policyArn: one.expanded("policy_arn"),
        scope: one.text("access_scope.type"),
        namespaces: one.list("access_scope.namespaces"),
      })),
  }));
}
