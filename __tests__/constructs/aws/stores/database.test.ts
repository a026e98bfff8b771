import { smallestDatabaseClass } from "../../../../catalog/store-classes";
import { PostgresDatabase, type PostgresDatabaseProps } from "../../../../constructs/aws/stores/database";
import { fixtureEnvironment } from "../../../fixtures/platform/environments";
import { Made } from "../../empty-stack";

const shape = { storageGiB: 20, maxConnections: 100, rtoMinutes: 60, rpoMinutes: 5 };
const made = (props: Partial<PostgresDatabaseProps> = {}) =>
  new Made(
    (stack) =>
      new PostgresDatabase(stack, "database", {
        environment: fixtureEnvironment(),
        identifier: "shop-orders",
        database: { engine: "postgres", version: "17", ...shape },
        application: "shop",
        name: "orders",
        databaseName: "orders",
        subnetGroupName: "acme",
        securityGroupId: "sg",
        keyArn: "arn:key",
        declaration: { file: "here.ts" },
        ...props,
      }),
  );
const instance = (props: Partial<PostgresDatabaseProps> = {}) => made(props).only("aws_db_instance");
const replica = { sourceArn: "arn:writer" };

describe("a database", () => {
  it("is private, encrypted with the region's key and protected, as writer and as replica", () => {
    for (const props of [{}, replica])
      expect(instance(props)).toMatchObject({
        instance_class: smallestDatabaseClass(100).class,
        storage_encrypted: true,
        kms_key_id: "arn:key",
        performance_insights_kms_key_id: "arn:key",
        publicly_accessible: false,
        deletion_protection: true,
        max_allocated_storage: 80,
        lifecycle: { prevent_destroy: true },
      });
  });

  it("forces TLS and logs slow statements, into encrypted groups that are there before it", () => {
    const parameters = made().only("aws_db_parameter_group");
    expect(parameters["family"]).toBe("postgres17");
    for (const [name, value] of [
      ["rds.force_ssl", "1"],
      ["log_min_duration_statement", "500"],
      ["password_encryption", "scram-sha-256"],
    ])
      expect(parameters["parameter"]).toContainEqual({ name, value, apply_method: "immediate" });
    for (const group of made().all("aws_cloudwatch_log_group"))
      expect(group).toMatchObject({ kms_key_id: "arn:key", retention_in_days: 365 });
    expect(instance()["depends_on"]).toHaveLength(2);
  });

  it("is in two zones and recoverable to any second of 30 days, with a last snapshot", () =>
    expect(instance()).toMatchObject({
      multi_az: true,
      backup_retention_period: 30,
      delete_automated_backups: false,
      skip_final_snapshot: false,
      final_snapshot_identifier: "shop-orders-final",
    }));

  it("has a first password that is in no state and no plan", () => {
    expect(instance()["password_wo"]).toMatch(
      /^\$\{ephemeral\.aws_secretsmanager_random_password\..*random_password\}$/,
    );
    expect(instance()["password_wo_version"]).toBe(1);
    for (const name of ["password", "manage_master_user_password"]) expect(instance()).not.toHaveProperty(name);
  });

  it("copies the writer as a replica, has its backups copied beside it, and stays when it was promoted", () => {
    const copy = instance(replica);
    expect(copy).toMatchObject({ replicate_source_db: "arn:writer" });
    expect(copy["lifecycle"]).toEqual({ ignore_changes: ["replicate_source_db"], prevent_destroy: true });
    for (const name of ["password_wo", "multi_az", "backup_retention_period"]) expect(copy).not.toHaveProperty(name);
    expect(made(replica).only("aws_db_instance_automated_backups_replication")).toMatchObject({
      source_db_instance_arn: "arn:writer",
      kms_key_id: "arn:key",
      retention_period: 30,
    });
    expect(made().counts).not.toHaveProperty("aws_db_instance_automated_backups_replication");
  });

  it("updates the replica a day before the writer", () => {
    const days = [replica, {}].map((props) => String(instance(props)["maintenance_window"]).slice(0, 3));
    expect(days).toEqual(["sun", "mon"]);
  });

  it("can be destroyed without a snapshot where no data is protected", () => {
    const local = instance({ environment: fixtureEnvironment("local") });
    expect(local).toMatchObject({
      deletion_protection: false,
      skip_final_snapshot: true,
      delete_automated_backups: true,
    });
    expect(local).not.toHaveProperty("lifecycle");
  });
});
