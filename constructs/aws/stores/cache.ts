import { ElasticacheParameterGroup } from "@cdktf/provider-aws/lib/elasticache-parameter-group";
import { ElasticacheReplicationGroup } from "@cdktf/provider-aws/lib/elasticache-replication-group";
import { ElasticacheUser } from "@cdktf/provider-aws/lib/elasticache-user";
import { ElasticacheUserGroup } from "@cdktf/provider-aws/lib/elasticache-user-group";
import type { Construct } from "constructs";
import { smallestCacheNode } from "../../../catalog/store-classes";
import { type Cache, evictionOf } from "../../../config/application/parts/store";
import type { Environment } from "../../../config/environment";
import { type Declaration, Guarded } from "../../guarded";
import { logicalPrefix, protect } from "../encryption-key";
import { REDIS_PORT } from "./store-names";

export interface ValkeyCacheProps {
  readonly environment: Environment;
  /** Id of the group and of its user, at most 40 characters. */
  readonly identifier: string;
  readonly cache: Cache;
  /** Whose costs they are. */
  readonly application: string;
  /** Its name in the application's file. */
  readonly name: string;
  readonly subnetGroupName: string;
  readonly securityGroupId: string;
  readonly keyArn: string;
  /** 2 or more fail over; the standby has 1, and no failover inside its region. */
  readonly nodes: number;
  readonly declaration: Declaration;
}

/** Speaks the protocol of Redis OSS 7.2. Source: catalog/support-calendar.json for its end of support. */
export const VALKEY = { version: "8.1", family: "valkey8" };
/** Days of ElastiCache's own daily snapshots: for corruption, in the region. */
const SNAPSHOT_DAYS = 7;

/**
 * A Redis-compatible replication group: TLS, one user with a password, eviction by use, daily snapshots.
 *
 * ElastiCache refuses the append-only file in groups with failover (ElastiCache user guide, data durability options):
 * what persists is the replica, the snapshots, and the copies that functions/cache-copy makes. The user is made with IAM
 * authentication, which no client of ours uses: the first rotation turns it to passwords, which Terraform never sees.
 *
 * The group has no user named default: Valkey takes no user without a password or IAM, and switches the default one off
 * by itself (ElastiCache user guide, RBAC with Valkey, read 2026-11-29).
 */
export class ValkeyCache extends Guarded {
  static readonly guardedBy = ["DR-10", "DR-23", "DR-24", "DR-41", "MR-04", "SC-17"] as const;

  readonly group: ElasticacheReplicationGroup;
  readonly userId: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ValkeyCacheProps,
  ) {
    super(scope, id, props.declaration);
    const { environment, identifier, cache, nodes } = props;
    // ElastiCache deletes no group that a cache uses: an upgrade makes the new family's first.
    const parameters = new ElasticacheParameterGroup(this, "parameters", {
      name: `${identifier}-${VALKEY.family}`,
      family: VALKEY.family,
      lifecycle: { createBeforeDestroy: true },
      description: `Eviction of a ${cache.use}: ${identifier}`,
      parameter: [{ name: "maxmemory-policy", value: evictionOf(cache) }],
    });
    const { user, group: users } = this.addUsers();
    this.userId = user.userId;
    this.group = new ElasticacheReplicationGroup(this, "group", {
      replicationGroupId: identifier,
      description: `${cache.use} of ${identifier}`,
      engine: "valkey",
      engineVersion: VALKEY.version,
      nodeType: smallestCacheNode(cache.memoryMiB).node,
      numCacheClusters: nodes,
      automaticFailoverEnabled: nodes > 1,
      multiAzEnabled: nodes > 1,
      parameterGroupName: parameters.name,
      subnetGroupName: props.subnetGroupName,
      securityGroupIds: [props.securityGroupId],
      port: REDIS_PORT,
      atRestEncryptionEnabled: "true",
      kmsKeyId: props.keyArn,
      transitEncryptionEnabled: true,
      transitEncryptionMode: "required",
      userGroupIds: [users.userGroupId],
      ...(cache.persistent
        ? { snapshotRetentionLimit: SNAPSHOT_DAYS, snapshotWindow: "03:30-04:30" }
        : { snapshotRetentionLimit: 0 }),
      maintenanceWindow: nodes > 1 ? "mon:05:00-mon:06:00" : "sun:05:00-sun:06:00",
      autoMinorVersionUpgrade: "true",
      tags: { application: props.application, store: props.name },
      applyImmediately: false,
      ...(environment.protectData && cache.persistent ? { finalSnapshotIdentifier: `${identifier}-final` } : {}),
    });
    protect(this.group, `${logicalPrefix(this)}_group`, environment);
  }

  private addUsers(): { user: ElasticacheUser; group: ElasticacheUserGroup } {
    const { identifier } = this.props;
    const user = new ElasticacheUser(this, "user", {
      userId: identifier,
      // Of a user with IAM authentication both names are the same.
      userName: identifier,
      engine: "valkey",
      // Everything but administration: queue libraries ask INFO at their start, and the loading of a copy needs RESTORE.
      accessString: "on ~* allchannels +@all -@dangerous +info +restore",
      authenticationMode: { type: "iam" },
      lifecycle: { ignoreChanges: ["authentication_mode", "passwords", "no_password_required"] },
    });
    return {
      user,
      group: new ElasticacheUserGroup(this, "users", {
        userGroupId: identifier,
        engine: "valkey",
        userIds: [user.userId],
      }),
    };
  }
}
