import { readFileSync } from "node:fs";
import { KubernetesApi } from "./kubernetes-api";

interface Kubeconfig {
  readonly clusters: readonly {
    readonly cluster: { readonly server: string; readonly "certificate-authority": string };
  }[];
  readonly users: readonly { readonly user: { readonly token: string } }[];
}

/** The API of a kubeconfig that `startControlPlane` wrote. @throws Error when it is another's */
export function apiOf(kubeconfig: string): KubernetesApi {
  const {
    clusters: [first],
    users: [owner],
  } = JSON.parse(readFileSync(kubeconfig, "utf8")) as Kubeconfig;
  if (!first || !owner) throw new Error(`${kubeconfig} names no cluster or no user`);
  return new KubernetesApi({
    url: first.cluster.server,
    token: owner.user.token,
    certificateAuthority: readFileSync(first.cluster["certificate-authority"], "utf8"),
  });
}
