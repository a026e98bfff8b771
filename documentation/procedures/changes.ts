import { context, type Names, type Procedure } from "./procedure";

export function changes({ clusters, first, prefix, primary, environment }: Names): Procedure[] {
  const primaryContext = context(clusters.primary);
  return [
    {
      id: "scaling",
      title: "Scale an application",
      when: "Its autoscaler stays at the maximum, or a known peak comes.",
      steps: [
        {
          text: "See what the autoscaler does, and whether pods wait for nodes.",
          commands: [
            `kubectl ${primaryContext} --namespace ${first.application} describe horizontalpodautoscaler ${first.component}`,
            `kubectl ${primaryContext} get pods --all-namespaces --field-selector status.phase=Pending`,
          ],
        },
        {
          text: `Raise scale.max in apps/${first.application}.ts. The synthesis says whether nodes, database connections, quotas and the budget allow it.`,
          commands: [`PLIMSOLL_ENV=${environment} make synth`],
        },
      ],
      done: "The readiness report passes, and after the deployment the autoscaler is below its maximum.",
    },
    {
      id: "rotation",
      title: "Rotate a secret",
      when: "A secret is due or was disclosed.",
      steps: [
        {
          text: "A generated secret: let the rotation function replace it now. Pods that read it restart by themselves.",
          commands: [
            `aws secretsmanager list-secrets --region ${primary} --filters Key=name,Values=${prefix.replace("-", "/")}/${first.application} --query 'SecretList[].Name'`,
            `aws lambda invoke --region ${primary} --function-name ${prefix}-secret-rotation /dev/stdout`,
          ],
        },
        {
          text: "A secret that a person enters: create the new value where it is issued, enter it in Secrets Manager in both regions, then revoke the old one.",
        },
        {
          text: "See that External Secrets has taken the new value.",
          commands: [
            `kubectl ${primaryContext} --namespace ${first.application} get externalsecret ${first.component}-secrets`,
            `kubectl ${primaryContext} --namespace ${first.application} rollout status deployment/${first.component}`,
          ],
        },
      ],
      done: "The secret has a new version date, the pods are younger than it, and the old value is refused.",
    },
  ];
}
