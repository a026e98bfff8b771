import { context, type Names, type Procedure } from "./procedure";

export function incidents({ clusters, primary, secondary, first }: Names): Procedure[] {
  return [
    {
      id: "access",
      title: "Get access",
      when: "Before any other procedure.",
      steps: [
        {
          text: "Sign in to AWS with the administrator role of the environment, then write one kubeconfig context per cluster.",
          commands: [
            `aws eks update-kubeconfig --region ${primary} --name ${clusters.primary} --alias ${clusters.primary}`,
            `aws eks update-kubeconfig --region ${secondary} --name ${clusters.secondary} --alias ${clusters.secondary}`,
          ],
        },
      ],
      done: "`kubectl get nodes` lists nodes of three zones in both contexts.",
    },
    {
      id: "incident",
      title: "Handle an incident",
      when: "A page arrives, or a user reports that an application does not answer.",
      steps: [
        { text: "Acknowledge the page. Name an incident lead and open a channel; write down the time of each action." },
        {
          text: "Look at the region that serves: pods that are not ready, restarts and recent events.",
          commands: [
            `kubectl ${context(clusters.primary)} get pods --all-namespaces --field-selector status.phase!=Running`,
            `kubectl ${context(clusters.primary)} --namespace ${first.application} get events --sort-by .lastTimestamp`,
          ],
        },
        {
          text: "If a release caused it, roll it back. Otherwise follow the runbook of the alert, or fail over.",
          commands: [
            `kubectl ${context(clusters.primary)} --namespace ${first.application} rollout undo deployment/${first.component}`,
            `kubectl ${context(clusters.primary)} --namespace ${first.application} rollout status deployment/${first.component} --timeout 5m`,
          ],
        },
        {
          text: "Within five working days, write a review without blame: timeline, cause, what detected it, what prevents it.",
        },
      ],
      done: "The alert is resolved, and the channel says so with the time.",
    },
  ];
}
