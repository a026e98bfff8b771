import { holds } from "../../../policy/comparison";
import { change, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";

const replicas = resource("aws_db_instance", (block) => block["replicate_source_db"] !== undefined);
/** Set by the promotion; the configuration of a replica must not name them, or an apply sets them back. */
const ofPromotion = ["backup_retention_period", "multi_az", "password", "password_wo", "manage_master_user_password"];
/** A change of any replaces the instance (hashicorp/aws, resource aws_db_instance). */
const ofSource = ["engine", "engine_version", "username", "db_name", "snapshot_identifier", "allocated_storage"];

export default policy({
  id: "DR-21",
  severity: "error",
  proves: ["CA-09", "FG-09"],
  title: "A Terraform apply after a promotion changes nothing of the promoted database",
  because:
    "the configuration still calls the promoted instance a replica: the apply fails, or replaces the only copy of the data",
  remedy:
    "make the replica with PostgresDatabase: it ignores replicate_source_db, and names nothing that a promotion sets",
  subjects: (platform) => platform.databases.filter(({ replicates }) => replicates),
  check: (replica) => [
    holds(
      replica.ignored.includes("replicate_source_db") || replica.resource.raw("lifecycle.ignore_changes") === "all",
      "lifecycle.ignore_changes holds replicate_source_db",
      replica.ignored.join(", ") || "it ignores nothing",
    ),
    ...[...ofPromotion, ...ofSource].map((argument) =>
      holds(
        !replica.resource.has(argument),
        `the replica does not name ${argument}`,
        String(replica.resource.raw(argument)),
      ),
    ),
  ],
  mutants: [
    change("the source is not ignored", replicas, unset("lifecycle.ignore_changes")),
    ...[...ofPromotion, ...ofSource].map((argument) =>
      change(`it names ${argument}`, replicas, set(argument, argument === "multi_az" ? false : "1")),
    ),
  ],
  boundary: {
    holds: change("tags are ignored too", replicas, set("lifecycle.ignore_changes", ["replicate_source_db", "tags"])),
    breaks: change("only tags are ignored", replicas, set("lifecycle.ignore_changes", ["tags"])),
  },
});
