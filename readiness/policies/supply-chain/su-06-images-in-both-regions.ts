import { contains } from "../../policy/comparison";
import { change, remove, resource, set } from "../../policy/mutation";
import { policy } from "../../policy/policy";

const replication = resource("aws_ecr_replication_configuration");

export default policy({
  id: "SU-06",
  severity: "error",
  proves: ["CA-09", "FL-28"],
  title: "Images are replicated to the secondary region",
  because: "pods of the standby that must be pulled from the failed region never start",
  remedy: "keep the replication rule of the primary's registry, for the prefix of all repositories",
  subjects: (platform) =>
    platform.repositories.filter((repository) => repository.region === platform.environment.regions.primary.name),
  check: (repository, platform) =>
    contains(platform.environment.regions.secondary.name, repository.replicatedTo, "regions replicated to"),
  mutants: [
    remove("no replication", replication),
    change(
      "to a third region",
      replication,
      set("replication_configuration.rule.0.destination.0.region", "ap-southeast-2"),
    ),
    change(
      "other repositories only",
      replication,
      set("replication_configuration.rule.0.repository_filter.0.filter", "other/"),
    ),
  ],
  boundary: {
    holds: change("every repository", replication, set("replication_configuration.rule.0.repository_filter", [])),
    breaks: change(
      "one letter of the prefix wrong",
      replication,
      set("replication_configuration.rule.0.repository_filter.0.filter", "plimsola/"),
    ),
  },
});
