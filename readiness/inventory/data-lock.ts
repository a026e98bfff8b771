/** What holds data in a deployed environment, as it was recorded: committed beside the environment. */
export interface DataLock {
  /** Account that it is deployed to: in another one nothing of it exists. */
  readonly accountId: string;
  /** By `<stack>/<address>`, the arguments whose change replaces the resource, by path. */
  readonly resources: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}
