import { backupSchedules } from "../../catalog/charts/velero/backups";
import { qualified, rebuiltKinds, restoredKinds, restoreTestNames } from "../../catalog/kubernetes/restored-kinds";
import { context, type Names, type Procedure } from "./procedure";

export function namespaceRestores({ clusters, first, primary }: Names): Procedure[] {
  const velero = `velero --kubecontext ${clusters.primary}`;
  const schedule = `velero-${backupSchedules(primary).recoveryOwnRegion}`;
  return [
    {
      id: "namespace-restore",
      title: "Restore a namespace",
      when: "Objects or volumes of an application were deleted or damaged.",
      steps: [
        {
          text: "Find the newest backup before the damage. Daily backups live for 30 days, those of every six hours for three days.",
          commands: [`${velero} schedule get`, `${velero} backup get --selector velero.io/schedule-name=${schedule}`],
        },
        {
          text: "Restore it beside the damaged namespace first, and look at it. Nothing of the copy runs: no pod of it joins production.",
          commands: [
            `${velero} restore create --from-schedule ${schedule} --include-namespaces ${first.application} --namespace-mappings ${first.application}:${first.application}-restored --include-resources ${restoredKinds.map(qualified).join(",")},persistentvolumes --resource-modifier-configmap ${restoreTestNames.guard}`,
          ],
        },
        {
          text: "Then restore into the namespace itself. Objects that exist are left as they are; pods and what else controllers make they make again.",
          commands: [
            `${velero} restore create --from-schedule ${schedule} --include-namespaces ${first.application} --exclude-resources ${rebuiltKinds.map(qualified).join(",")}`,
            `kubectl ${context(clusters.primary)} --namespace ${first.application} get pods`,
          ],
        },
        {
          text: "Delete the copy.",
          commands: [`kubectl ${context(clusters.primary)} delete namespace ${first.application}-restored`],
        },
      ],
      done: "`velero restore get` shows Completed without errors, and the pods are ready.",
    },
  ];
}
