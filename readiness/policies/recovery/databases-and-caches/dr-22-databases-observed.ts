import { above, contains, holds, matches } from "../../../policy/comparison";
import { change, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";

const databases = resource("aws_db_instance");

export default policy({
  id: "DR-22",
  severity: "error",
  proves: ["FG-25", "FG-02"],
  title: "Databases export logs, keep insights, grow, and install security patches",
  because:
    "a full disk stops every write, and an instance without patches keeps a hole that everybody knows after its minor version",
  remedy: "make databases with PostgresDatabase, and set databases.<name>.storageGiB to what they hold",
  equivalents: ["checkov CKV_AWS_129", "checkov CKV_AWS_353", "checkov CKV_AWS_226"],
  subjects: (platform) => platform.databases,
  check: (database) => [
    contains(["postgresql", "upgrade"], database.logs, "logs that CloudWatch receives"),
    holds(database.insights, "performance_insights_enabled", "off"),
    above(database.storageGb, database.maxStorageGb ?? 0, "GiB that the storage grows to by itself"),
    holds(database.minorUpgrades, "auto_minor_version_upgrade", "off"),
    matches(
      /^[a-z]{3}:\d\d:\d\d-[a-z]{3}:\d\d:\d\d$/,
      "a weekly window such as mon:05:00-mon:06:00",
      database.maintenanceWindow ?? "chosen by RDS",
      "maintenance_window",
    ),
  ],
  mutants: [
    change("no upgrade log", databases, set("enabled_cloudwatch_logs_exports", ["postgresql"])),
    change("no insights", databases, set("performance_insights_enabled", false)),
    change("storage that does not grow", databases, unset("max_allocated_storage")),
    change("no patches", databases, set("auto_minor_version_upgrade", false)),
    change("patched at any time", databases, unset("maintenance_window")),
  ],
  boundary: {
    holds: change("one GiB of growth", databases, set("max_allocated_storage", 51)),
    breaks: change("no GiB of growth", databases, set("max_allocated_storage", 20)),
  },
});
