import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { Job } from "../../config/application/schema";
import { acceptsWrites } from "../../config/site";
import { failedRunAlert } from "../../constructs/kubernetes/workload/failed-run-alert";
import { RunToCompletion } from "../../constructs/kubernetes/workload/run-to-completion";
import { runsAsWriterOnly } from "../../constructs/kubernetes/workload/writer-switch";
import { jobAlertContext } from "../alerting/rules";
import type { Around } from "./around";
import { cloudAccess } from "./registry-access";
import { surroundingsOf } from "./surroundings";

/** Migrations, then seeds, then schedules. Returns what pods of a release wait for. */
export function addJobs(scope: Construct, around: Around): ITerraformDependable[] {
  const jobs = Object.entries(around.application.jobs ?? {});
  if (jobs.length === 0) return [];
  const alert = failedRunAlert(
    around.metadata("jobs", "jobs"),
    around.application.name,
    jobs.map(([name, job]) => ({
      name,
      kind: job.kind,
      afterPromotion: runsAsWriterOnly(job) && !acceptsWrites(around.site),
    })),
    jobAlertContext(around.application, around.site.environment),
  );
  // Before the jobs: the first of them may fail.
  const gates: ITerraformDependable[] = [around.addManifests("job-alerts", [alert], "jobs")];
  const ofKind = (kind: Job["kind"]) => jobs.filter(([, job]) => job.kind === kind);
  for (const kind of ["migration", "seed", "scheduled"] as const) {
    const runs = ofKind(kind).map(([name, part]) => {
      const access = cloudAccess(scope, around, name, part);
      return new RunToCompletion(scope, name, {
        ...surroundingsOf(around, name, part, `jobs.${name}`, [...gates, ...(access?.ready ?? [])]),
        part,
        name,
        ...(access ? { awsPermissions: access.permissions } : {}),
      }).run;
    });
    // What a promotion starts has not run when the standby is deployed: nothing waits for it there.
    if (kind !== "scheduled" && acceptsWrites(around.site)) gates.push(...runs);
  }
  return gates;
}
