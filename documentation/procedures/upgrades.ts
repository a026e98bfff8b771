import type { Names, Procedure } from "./procedure";

export function upgrades({ clusters, primary, secondary, environment, kubernetes }: Names): Procedure[] {
  return [
    {
      id: "kubernetes-upgrade",
      title: "Upgrade Kubernetes",
      when: `The support calendar says that ${kubernetes} ends within 90 days (policy SC-04).`,
      steps: [
        {
          text: "Raise kubernetesVersion by one minor version in staging. The synthesis refuses removed APIs, charts and add-ons that do not fit.",
        },
        { text: "Deploy staging, and let it run for a week." },
        {
          text: `Do the same in the secondary of production, then in the primary. Node groups replace their nodes one after another.`,
          commands: [
            `PLIMSOLL_ENV=${environment} make synth`,
            `aws eks describe-cluster --region ${secondary} --name ${clusters.secondary} --query cluster.version`,
            `aws eks describe-cluster --region ${primary} --name ${clusters.primary} --query cluster.version`,
          ],
        },
        { text: "A control plane cannot go back. If an application fails, roll back its release, not the cluster." },
      ],
      done: "Both clusters report the version, and every node has it.",
    },
  ];
}
