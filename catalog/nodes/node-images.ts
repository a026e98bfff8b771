import data from "./node-images.json";

/** An AMI type of EKS managed node groups. */
export interface NodeImage {
  readonly architecture: "amd64" | "arm64";
  /** Device name of the root volume: a mapping of another name adds an empty disk. */
  readonly rootDevice: string;
  /** Last Kubernetes minor for which EKS releases it; null: all that EKS supports. */
  readonly latestKubernetes: string | null;
}

const images = data.amiTypes as Readonly<Record<string, NodeImage | undefined>>;

export const nodeImage = (amiType: string): NodeImage | undefined => images[amiType];
