import { isEmulated } from "../../config/environment";
import { HelmProvider } from "@cdktf/provider-helm/lib/provider";
import { KubernetesProvider } from "@cdktf/provider-kubernetes/lib/provider";
import { Fn } from "cdktf";
import type { Construct } from "constructs";
import type { Site } from "../../config/site";
import { PlatformStack } from "../aws/platform-stack";

export interface ClusterAccess {
  readonly name: string;
  readonly endpoint: string;
  /** Certificate of the cluster's authority, base64 as EKS gives it. */
  readonly certificateAuthority: string;
}

/** A stack of Kubernetes objects and releases in the cluster of one region. */
export abstract class KubernetesStack extends PlatformStack {
  constructor(scope: Construct, id: string, site: Site, layer: string, access: ClusterAccess, application?: string) {
    super(scope, id, {
      environment: site.environment,
      layer,
      region: site.region.name,
      role: site.role,
      ...(application === undefined ? {} : { application }),
    });
    if (isEmulated(site.environment)) {
      // The emulated cluster's endpoint answers nothing: the address comes from KUBE_CONFIG_PATH of the process.
      new KubernetesProvider(this, "kubernetes");
      new HelmProvider(this, "helm");
      return;
    }
    const connection = {
      host: access.endpoint,
      clusterCaCertificate: Fn.base64decode(access.certificateAuthority),
    };
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command: "aws",
      args: ["eks", "get-token", "--cluster-name", access.name, "--region", site.region.name],
    };
    new KubernetesProvider(this, "kubernetes", { ...connection, exec: [exec] });
    new HelmProvider(this, "helm", { kubernetes: { ...connection, exec } });
  }
}
