/** What a finding is about, and where a reader finds it. */
export interface Subject {
  readonly stack: string;
  /** Terraform address within its stack, for example `aws_eks_cluster.cluster`. */
  readonly address: string;
  /** Path of the construct in the tree, for example `cluster-us-east-1/cluster`. */
  readonly constructPath: string;
  /** What a person calls it, for example `Deployment storefront/api`. */
  readonly label: string;
  /** Where it is written, if it is an entry of a file. @default where its construct is declared */
  readonly place?: FilePlace;
}

/** An entry of a file of the project. */
export interface FilePlace {
  readonly file: string;
  /** Of properties and numbers of entries, with dots. */
  readonly path: string;
}
