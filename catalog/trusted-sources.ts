import data from "./trusted-sources.json";

const repositories = data.chartRepositories as Readonly<Record<string, readonly string[] | undefined>>;

/** Charts that a repository may be asked for; undefined: the repository is not trusted. */
export const chartsOf = (repository: string): readonly string[] | undefined =>
  repositories[repository.replace(/\/$/, "")];

/** Whether a provider's source address is trusted; without a host it is the public registry, without a namespace `hashicorp`. */
export function isTrustedProvider(source: string): boolean {
  const address = source.replace(/^registry\.terraform\.io\//, "");
  return data.providers.includes(address.includes("/") ? address : `hashicorp/${address}`);
}
