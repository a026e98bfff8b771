import { annotation } from "../../../../contract";
import { contains, equals } from "../../../policy/comparison";
import { change, changeRecords, set, unset, type Mutation } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { rulesBoundTo } from "../../../policy-terms/bound-rules";
import { electionOf } from "../../../policy-terms/leader-election";
import { runningIn } from "../../../policy-terms/program";
import { CONTAINER, ofApplication } from "../../../policy-terms/targets";

const controller = ofApplication("operator", "kubernetes_deployment_v1", "controller");
const declared = ["metadata", "annotations", annotation.component, "leaderElection"];

/** The program has its election built in: its only flag switches it on. */
const builtIn = (name: string, leaseSeconds: number, lease = "operator-controller"): Mutation => {
  const records = changeRecords(name, (all) => {
    for (const { application, programs } of all)
      if (application === "operator" && programs["controller"])
        programs["controller"].leaderElection = {
          lease,
          leaseSeconds,
          renewSeconds: 10,
          retrySeconds: 2,
          at: "main.go:1",
        };
  });
  return {
    name,
    apply: (synthesis) =>
      records.apply(change(name, controller, set(`${CONTAINER}.args`, ["--leader-elect"])).apply(synthesis)),
  };
};

export default policy({
  id: "WL-42",
  severity: "error",
  proves: ["FF-01", "FF-18"],
  title: "A leader election runs with the durations and the lease that are declared",
  because:
    "durations that the program does not take leave its own in force, so that a takeover lasts longer than computed; a lease that its RBAC rule does not name is never held",
  remedy:
    "declare leaderElection with the durations and the leaseName that catalog/applications/<application>.json records; flags: all only for a program that reads them",
  subjects: ({ workloads }) => workloads.filter(({ component }) => component?.leaderElection !== undefined),
  check: (workload, platform) => {
    const [container] = workload.containers;
    const election = workload.component?.leaderElection;
    if (!container || !election) return [];
    const { lease, renew, retry, leaseName } = electionOf(container, runningIn(workload, platform)?.program);
    const named = rulesBoundTo(workload, platform)
      .filter(({ apiGroups, resources }) => apiGroups.includes("coordination.k8s.io") && resources.includes("leases"))
      .flatMap(({ resourceNames }) => resourceNames);
    return [
      equals(lease, election.leaseSeconds ?? "none", "declared seconds of the lease", {
        field: "leaderElection.leaseSeconds",
      }),
      equals(renew, election.renewSeconds ?? "none", "declared seconds to renew", {
        field: "leaderElection.renewSeconds",
      }),
      equals(retry, election.retrySeconds ?? "none", "declared seconds between tries", {
        field: "leaderElection.retrySeconds",
      }),
      ...(leaseName === undefined
        ? []
        : [contains(leaseName, named, "leases of its RBAC rules", { field: "leaderElection.leaseName" })]),
    ];
  },
  mutants: [
    change("a longer lease than the flag says", controller, set([...declared, "leaseSeconds"], 30)),
    change("no time to renew is declared", controller, unset([...declared, "renewSeconds"])),
    change(
      "another lease than RBAC names",
      controller,
      set(`${CONTAINER}.args.4`, "--leader-elect-resource-name=other"),
    ),
    builtIn("another lease that is built in", 15, "other"),
  ],
  boundary: {
    holds: builtIn("the durations that are built in", 15),
    breaks: builtIn("a second more that is built in", 16),
  },
});
