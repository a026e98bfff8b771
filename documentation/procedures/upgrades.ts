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
          text: "Do the same in the secondary of production, then in the primary. The control plane comes first; then each node group replaces its nodes, one of them after another, and asks each pod to leave within its disruption budget.",
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
    {
      id: "node-patches",
      title: "Patch the nodes",
      when: "Once a month, and when a security bulletin names the node image: EKS updates no managed node group by itself.",
      steps: [
        {
          text: "In staging first, then in the secondary, then in the primary: let each node group take the newest image of its Kubernetes version. Terraform names no image release, so it changes nothing back.",
          commands: [
            `aws eks list-nodegroups --region ${secondary} --cluster-name ${clusters.secondary}`,
            `aws eks update-nodegroup-version --region ${secondary} --cluster-name ${clusters.secondary} --nodegroup-name GROUP`,
            `aws eks wait nodegroup-active --region ${secondary} --cluster-name ${clusters.secondary} --nodegroup-name GROUP`,
          ],
        },
        {
          text: "Take the next group when the nodes of the last one are ready: two zones at once leave no room for their pods.",
        },
      ],
      done: "Every node group reports the newest release of the image, and no pod is pending.",
    },
  ];
}
