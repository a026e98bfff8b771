import { elements, QueryService, ServiceRefusal } from "../emulated-aws/query-service";
import type { CacheServer } from "../promotion/cache-server";
import { cacheHost } from "./tested-region";

/** A running cache, and how one of its snapshots becomes another. */
export interface RestorableCache {
  readonly identifier: string;
  readonly running: CacheServer;
  /** @param snapshot undefined: an empty cache */
  start(name: string, snapshot: string | undefined): Promise<CacheServer>;
}
export interface CacheFaults {
  /** Group without a snapshot. */
  readonly withoutSnapshot?: string;
  readonly damage?: (group: string, restored: CacheServer) => Promise<void>;
}

interface Group {
  status: "creating" | "available";
  readonly createdAt: Date;
  server: CacheServer | undefined;
}

/**
 * The calls that a restore test makes of ElastiCache, with the fields of its API reference (version 2015-02-02:
 * DescribeSnapshots, CreateReplicationGroup, DescribeReplicationGroups, DeleteReplicationGroup; read 2026-11-29). A snapshot
 * is an RDB file of the running server, and a group that is made of one starts with it.
 */
export class CacheService extends QueryService {
  faults: CacheFaults = {};
  readonly creations: URLSearchParams[] = [];
  readonly deleted: string[] = [];
  /** What went wrong while something was restored. */
  readonly failures: string[] = [];
  private readonly groups = new Map<string, Group>();
  private readonly snapshots = new Map<string, { readonly of: string; readonly file: string }>();
  private made = 0;

  constructor(
    private readonly caches: readonly RestorableCache[],
    private readonly found: (host: string, port: number) => void,
  ) {
    super("http://elasticache.amazonaws.com/doc/2015-02-02/");
  }

  left(): readonly string[] {
    return [...this.groups.keys()];
  }

  forget(): void {
    this.groups.clear();
    this.deleted.length = 0;
    this.failures.length = 0;
    this.creations.length = 0;
    this.faults = {};
  }

  protected async result(action: string, parameters: URLSearchParams): Promise<string> {
    const identifier = parameters.get("ReplicationGroupId");
    if (action === "DescribeSnapshots") return this.described(identifier ?? "");
    if (action === "CreateReplicationGroup") return this.create(parameters);
    if (action === "DeleteReplicationGroup") return this.remove(identifier ?? "");
    if (action !== "DescribeReplicationGroups")
      throw new ServiceRefusal("InvalidAction", `a restore test calls no ${action}: it is not played here`);
    const chosen = identifier === null ? this.left() : [identifier];
    return `<ReplicationGroups>${chosen.map((one) => this.group(one, this.of(one))).join("")}</ReplicationGroups>`;
  }

  private async described(identifier: string): Promise<string> {
    const cache = this.caches.find((one) => one.identifier === identifier);
    if (cache === undefined || this.faults.withoutSnapshot === identifier) return "<Snapshots></Snapshots>";
    await cache.running.call("SAVE");
    const name = `automatic.${identifier}`;
    this.snapshots.set(name, { of: identifier, file: cache.running.snapshotFile });
    const node = elements({ CacheNodeId: "0001", SnapshotCreateTime: new Date().toISOString() });
    return `<Snapshots><Snapshot>${elements({
      SnapshotName: name,
      ReplicationGroupId: identifier,
      SnapshotStatus: "available",
      NodeSnapshots: `<NodeSnapshot>${node}</NodeSnapshot>`,
    })}</Snapshot></Snapshots>`;
  }

  private create(parameters: URLSearchParams): string {
    const target = parameters.get("ReplicationGroupId") ?? "";
    if (this.groups.has(target)) throw new ServiceRefusal("ReplicationGroupAlreadyExists", `${target} exists.`);
    const name = parameters.get("SnapshotName");
    const snapshot = name === null ? undefined : this.snapshots.get(name);
    if (name !== null && snapshot === undefined) throw new ServiceRefusal("SnapshotNotFoundFault", name);
    const [users] = [...parameters].flatMap(([field, value]) => (field.startsWith("UserGroupIds.") ? [value] : []));
    const cache = this.caches.find(({ identifier }) => identifier === (snapshot?.of ?? users));
    if (cache === undefined) throw new ServiceRefusal("UserGroupNotFound", users ?? "none");
    this.creations.push(parameters);
    const group: Group = { status: "creating", createdAt: new Date(), server: undefined };
    this.groups.set(target, group);
    this.make(cache, target, group, snapshot?.file).catch((error: unknown) => this.failures.push(String(error)));
    return this.group(target, group);
  }

  private async make(cache: RestorableCache, target: string, group: Group, file: string | undefined): Promise<void> {
    const { damage } = this.faults;
    this.made += 1;
    group.server = await cache.start(`${target}-${this.made}`, file);
    await damage?.(cache.identifier, group.server);
    this.found(cacheHost(target), group.server.port);
    group.status = "available";
  }

  private async remove(identifier: string): Promise<string> {
    const group = this.of(identifier);
    if (group.status === "creating")
      throw new ServiceRefusal("InvalidReplicationGroupState", `${identifier} is being created.`);
    this.groups.delete(identifier);
    this.deleted.push(identifier);
    await group.server?.lose();
    return this.group(identifier, group);
  }

  private of(identifier: string): Group {
    const found = this.groups.get(identifier);
    if (found === undefined) throw new ServiceRefusal("ReplicationGroupNotFoundFault", `${identifier} not found.`);
    return found;
  }

  private group(identifier: string, { status, createdAt }: Group): string {
    const endpoint = elements({ Address: cacheHost(identifier), Port: "6379" });
    return `<ReplicationGroup>${elements({
      ReplicationGroupId: identifier,
      Status: status,
      ReplicationGroupCreateTime: createdAt.toISOString(),
      ...(status === "available"
        ? { NodeGroups: `<NodeGroup>${elements({ PrimaryEndpoint: endpoint })}</NodeGroup>` }
        : {}),
    })}</ReplicationGroup>`;
  }
}
