import { type Program, programOf } from "../../../../catalog/applications";
import type { Platform } from "../../../inventory/platform";
import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import { changeRecords, removeStack, together, type Mutation } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass } from "../../../policy/verdict";
import { recordedWorkloads } from "../../../policy-terms/program";

const failure: NonNullable<Program["startFailure"]> = {
  because: "it opens a queue of a name that its library refuses",
  fix: "rename the queue",
  at: "main.go:1",
};
/** The program ends at its start. */
const broken = (name: string, application: string, component: string): Mutation =>
  changeRecords(name, (records) => {
    const program = records.find((record) => record.application === application)?.programs[component];
    if (program) program.startFailure = failure;
  });

/** Each program once, in the primary where it runs there: a waiver is for a program. */
function programs(platform: Platform): readonly Workload[] {
  const roleOf = (workload: Workload) => platform.stacks.find(({ name }) => name === workload.stack)?.role;
  const last = [...recordedWorkloads(platform)].sort(
    (a, b) => Number(roleOf(a) === "primary") - Number(roleOf(b) === "primary"),
  );
  return [...new Map(last.map((workload) => [`${workload.namespace}/${workload.name}`, workload])).values()];
}

export default policy({
  id: "WL-34",
  severity: "error",
  title: "Production runs programs that start",
  because: "a program that ends at its start has no pod that gets ready: the rollout fails after ten minutes",
  remedy:
    "fix the program as the finding says, build its image, and record the new commit without startFailure; or waive the finding until then",
  proves: [],
  beyond:
    "the reports take for granted that their programs start; what was read and tried of their public code says otherwise",
  environments: ["production"],
  subjects: programs,
  check: (workload, platform) => {
    const record = platform.applicationRecords.find(({ application }) => application === workload.namespace);
    const startFailure = programOf(platform.applicationRecords, workload.namespace, workload.name)?.startFailure;
    if (!record || !startFailure) return pass("nothing is recorded that keeps it from starting");
    const { because, fix, at } = startFailure;
    return fail({
      expected: `${workload.label} starts; to fix it: ${fix}`,
      actual: `${because} (${record.repository} at ${record.commit.slice(0, 12)}, ${at})`,
      field: "image",
    });
  },
  mutants: [
    broken("a worker that exits", "storefront", "worker"),
    broken("a controller that exits", "operator", "controller"),
    together(
      "a worker that exits in the region that is left",
      broken("", "storefront", "worker"),
      removeStack("", "storefront-us-east-1"),
    ),
  ],
  boundary: {
    holds: changeRecords("a program that exits and that nothing deploys", (records) => {
      const [record] = records.filter(({ application }) => application === "ledger");
      const program = record?.programs["api"];
      if (record && program) record.programs["importer"] = { ...program, startFailure: failure };
    }),
    breaks: broken("a deployed one", "ledger", "api"),
  },
});
