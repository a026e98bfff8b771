import { backupSchedules } from "../../catalog/charts/velero/backups";
import type { Names, Procedure, Step } from "./procedure";

/** What controllers make from these objects they make again; restored with them it would have no owner. */
const customKinds = ({ clusters, kinds, primary }: Names): Step[] =>
  kinds.map(({ application, resources }) => ({
    text: `${application}: restore what its users wrote, and nothing that its controller makes from it. Take the newest of the list in place of NEWEST.`,
    commands: [
      `velero --kubecontext ${clusters.secondary} backup get --selector velero.io/storage-location=peer,velero.io/schedule-name=velero-${backupSchedules(primary).recoveryOtherRegion}`,
      `velero --kubecontext ${clusters.secondary} restore create --from-backup NEWEST --include-namespaces ${application} --include-resources ${resources}`,
    ],
  }));

export function disasters(names: Names): Procedure[] {
  const { clusters, primary } = names;
  return [
    {
      id: "loss-of-the-primary-region",
      title: "Survive the loss of the primary region",
      when: `${primary} is gone for longer than the recovery objectives allow.`,
      steps: [
        {
          text: "Follow the procedure Fail over. The secondary's node pools can carry all applications at their maximum (policy MR-02).",
        },
        {
          text: "Restore what only the primary held from the copies in the secondary: backups of the primary's cluster are in the location peer.",
          commands: [
            `velero --kubecontext ${clusters.secondary} backup get`,
            `velero --kubecontext ${clusters.secondary} backup-location get`,
          ],
        },
        ...customKinds(names),
        {
          text: "Inform users of what was lost: the recovery point of each application is in the readiness report, section recovery.",
        },
      ],
      done: "Applications answer from the secondary, and their data is that of the last backup.",
    },
    {
      id: "disaster-recovery-exercise",
      title: "Exercise disaster recovery",
      when: "Once a quarter, in staging; once a year in production.",
      steps: [
        {
          text: "Follow [the page of the game day](game-day.md), which is announced each quarter. Measure every step.",
        },
        {
          text: "Compare them with the computed ones in the readiness report, and correct catalog/recovery-allowances.json where they differ.",
        },
      ],
      done: "Measured times are recorded and below the objectives.",
    },
  ];
}
