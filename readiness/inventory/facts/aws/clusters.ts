import type { Item } from "../../item";
import type { JsonObject } from "../../json";
import type { Reference, Resource } from "../../resource";
import type { NodeGroup } from "./node-groups";

/** An EKS cluster with what belongs to it. */
export interface Cluster extends Item {
  readonly name: string | undefined;
  readonly region: string | undefined;
  readonly role: "primary" | "secondary" | undefined;
  readonly version: string | undefined;
  readonly endpointPublicAccess: boolean | undefined;
  readonly endpointPrivateAccess: boolean | undefined;
  readonly publicAccessCidrs: readonly string[];
  /** Network of Services; undefined: EKS chooses it. */
  readonly serviceCidr: string | undefined;
  readonly logTypes: readonly string[];
  readonly encryptsSecrets: boolean;
  readonly encryptionKey: Resource | undefined;
  readonly authenticationMode: string | undefined;
  readonly creatorIsAdmin: boolean | undefined;
  readonly supportType: string | undefined;
  readonly deletionProtection: boolean | undefined;
  readonly zonalShift: boolean | undefined;
  readonly subnets: readonly Resource[];
  readonly zones: readonly string[];
  readonly addOns: readonly AddOn[];
  readonly accessEntries: readonly AccessEntry[];
  readonly podIdentities: readonly PodIdentity[];
  readonly nodeGroups: readonly NodeGroup[];
}

export interface AddOn extends Item {
  readonly name: string | undefined;
  readonly version: string | undefined;
  /** configuration_values, parsed; empty if there are none. */
  readonly configuration: JsonObject;
}

export interface AccessEntry extends Item {
  readonly principalArn: string | undefined;
  readonly principal: Reference | undefined;
  readonly type: string | undefined;
  readonly kubernetesGroups: readonly string[];
  readonly policies: readonly {
    readonly policyArn: string | undefined;
    readonly scope: string | undefined;
    readonly namespaces: readonly string[];
  }[];
}

export interface PodIdentity extends Item {
  readonly region: string | undefined;
  readonly namespace: string | undefined;
  readonly serviceAccount: string | undefined;
  readonly role: Resource | undefined;
  readonly roleName: string | undefined;
}
