import { holds } from "../../../policy/comparison";
import { add, change, remove, set, together } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, notApplicable, pass, unknown } from "../../../policy/verdict";
import { applicationNamespaces, backupsOf, inSchedules, notKnownYet, schedulesFor, veleroReleases } from "../_velero";

const claim = add("a volume", /^storefront-/, "kubernetes_persistent_volume_claim_v1", "cases", {
  metadata: { name: "cases", namespace: "storefront" },
  spec: { access_modes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
});

export default policy({
  id: "DR-01",
  severity: "error",
  proves: ["CA-10", "FF-17", "FG-11", "FL-21"],
  title: "Each application namespace and its volumes are in a backup",
  because: "a namespace that no schedule includes is lost with its cluster",
  remedy:
    "make the application with buildPlatform, which names it in the schedules of its region's Velero; enable the schedule",
  subjects: applicationNamespaces,
  check: (namespace, platform) => {
    const systems = backupsOf(platform, namespace.region);
    const reason = notKnownYet(systems);
    if (reason !== undefined) return unknown(`Velero's values: ${reason}`);
    const schedules = schedulesFor(platform, namespace);
    if (schedules.length === 0)
      return fail({
        expected: `an enabled schedule in ${namespace.region} that includes ${namespace.name}`,
        actual: systems.length === 0 ? "no Velero" : "none",
      });
    const hasVolumes =
      platform.objects.some(
        ({ region, object }) =>
          region === namespace.region &&
          object.kind === "PersistentVolumeClaim" &&
          object.metadata.namespace === namespace.name,
      ) || namespace.workloads.some(({ volumeClaimTemplates }) => volumeClaimTemplates.length > 0);
    const uncovered = systems
      .flatMap(({ locations }) => locations)
      .filter((location) => !location.readOnly && !schedules.some((schedule) => schedule.location === location));
    return [
      holds(
        uncovered.length === 0,
        `a schedule for ${namespace.name} in each location that backups are written to`,
        uncovered.map(({ name }) => `none in ${name}`).join(", "),
      ),
      pass(schedules.map(({ name }) => name).join(", ")),
      hasVolumes
        ? holds(
            schedules.some(({ movesSnapshotData }) => movesSnapshotData === true) &&
              systems.some(({ usesNodeAgent }) => usesNodeAgent),
            "a schedule that moves the data of volumes, with the node agent that does it",
            schedules
              .map(({ name, movesSnapshotData }) => `${name}: ${movesSnapshotData === true ? "moved" : "not moved"}`)
              .join(", "),
          )
        : notApplicable("the namespace has no volume"),
    ];
  },
  mutants: [
    remove("no Velero", veleroReleases),
    change("all schedules disabled", veleroReleases, inSchedules(set("disabled", true))),
    change("all schedules paused", veleroReleases, inSchedules(set("paused", true))),
    change(
      "a selector that leaves objects out",
      veleroReleases,
      inSchedules(set("template.labelSelector", { matchLabels: { app: "ghost" } })),
    ),
    change(
      "one location without the namespace",
      veleroReleases,
      inSchedules(set("template.includedNamespaces", ["velero"]), (_, name) => name.endsWith("own-region")),
    ),
    change("the namespace excluded", veleroReleases, inSchedules(set("template.excludedNamespaces", ["storefront"]))),
    together(
      "a volume whose data stays",
      claim,
      change("not moved", veleroReleases, inSchedules(set("template.snapshotMoveData", false))),
    ),
    together(
      "a volume without the node agent",
      claim,
      change("no agent", veleroReleases, set("values.0.deployNodeAgent", false)),
    ),
  ],
  boundary: {
    holds: change("all namespaces", veleroReleases, inSchedules(set("template.includedNamespaces", ["*"]))),
    breaks: change(
      "another namespace",
      veleroReleases,
      inSchedules(set("template.includedNamespaces", ["storefronts"])),
    ),
  },
});
