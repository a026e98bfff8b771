import { qualified, rebuiltKinds, restoredKinds, restoreTestNames } from "../catalog/restored-kinds";
import type { Application } from "../config/application/schema";
import type { Environment } from "../config/environment";
import { databaseRestores } from "./database-restore";
import { context, type DatabaseNames, type Names, type Procedure, type Step } from "./procedure";

function namesOf(environment: Environment, applications: readonly Application[]): Names {
  const prefix = `${environment.organisation}-${environment.name}`;
  const { primary, secondary } = environment.regions;
  const entered = applications.filter(({ entry }) => entry !== undefined);
  const application = entered[0] ?? applications[0];
  return {
    prefix,
    primary: primary.name,
    secondary: secondary?.name ?? primary.name,
    domain: environment.domain,
    environment: environment.name,
    clusters: {
      primary: `${prefix}-${primary.name}`,
      secondary: `${prefix}-${secondary?.name ?? primary.name}`,
    },
    first: {
      application: application?.name ?? "application",
      component: application?.entry?.component ?? Object.keys(application?.components ?? {})[0] ?? "component",
    },
    entered: entered.map(({ name }) => name),
    kinds: applications.flatMap(({ name, customResources }) => {
      const resources = Object.values(customResources ?? {}).map(({ plural, group }) => `${plural}.${group}`);
      return resources.length === 0 ? [] : [{ application: name, resources: resources.join(",") }];
    }),
    databases: applications.flatMap((one) => databasesOf(prefix, one)),
    kubernetes: environment.kubernetesVersion,
  };
}

const databasesOf = (prefix: string, { name, databases, secrets }: Application): readonly DatabaseNames[] =>
  Object.keys(databases ?? {}).flatMap((database) => {
    const [secret] = Object.entries(secrets ?? {}).find(([, { connection }]) => connection === database) ?? [];
    if (secret === undefined) return [];
    return {
      application: name,
      instance: `${prefix}-${name}-${database}`,
      address: `aws_db_instance.database_${name}_${database}_instance`,
      secret: `${prefix.replace("-", "/")}/${name}/${secret}`,
    };
  });

/** Procedures for operations that no alert describes. The example application is the first of the platform. */
export function proceduresOf(environment: Environment, applications: readonly Application[]): readonly Procedure[] {
  const names = namesOf(environment, applications);
  return [incidents, onCall, movesOfTraffic, disasters, restores, databaseRestores, changes, upgrades].flatMap((of) =>
    of(names),
  );
}

function incidents({ clusters, primary, secondary, first }: Names): Procedure[] {
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

function onCall({ clusters, first, prefix }: Names): Procedure[] {
  return [
    {
      id: "escalation",
      title: "Escalate",
      when: "A page is not acknowledged within 15 minutes, or the incident lead needs help.",
      steps: [
        {
          text: "After 15 minutes the second on-call is paged, after 30 minutes the owner of the application (its owner label).",
        },
        {
          text: "Find the owner of an application.",
          commands: [
            `kubectl ${context(clusters.primary)} get namespace ${first.application} --output jsonpath='{.metadata.labels}'`,
          ],
        },
        { text: "For a fault of AWS, open a support case of severity urgent and quote account, region and resource." },
      ],
      done: "A named person has acknowledged and works on it.",
    },
    {
      id: "on-call-handover",
      title: "Hand over on-call",
      when: "At each change of the on-call rotation.",
      steps: [
        { text: "Go through open incidents, silences that end during the next shift, and waivers that expire." },
        {
          text: "Check that both regions are healthy and that nothing is latched.",
          commands: [
            `aws cloudwatch describe-alarms --region us-east-1 --alarm-name-prefix ${prefix}-failback-latch --query 'MetricAlarms[].[AlarmName,StateValue]'`,
            `kubectl ${context(clusters.primary)} get nodes`,
            `kubectl ${context(clusters.secondary)} get nodes`,
          ],
        },
        { text: "The new on-call sends a test page to himself or herself and acknowledges it." },
      ],
      done: "The rotation shows the new name, and the test page was acknowledged.",
    },
  ];
}

const latchParameter = ({ prefix }: Names, application: string): string => `/failback-latch/${prefix}/${application}`;

function movesOfTraffic(names: Names): Procedure[] {
  const { clusters, primary, secondary, entered, domain, environment } = names;
  return [
    {
      id: "failover",
      title: "Fail over to the secondary region",
      when: "The primary region does not answer, or must be taken out of service.",
      steps: [
        {
          text: "Traffic moves by itself: Route 53 asks each application in each region, and the failback latch keeps it in the secondary. See what is served.",
          commands: entered.map(
            (application) =>
              `aws ssm get-parameter --region us-east-1 --name ${latchParameter(names, application)} --query Parameter.Value`,
          ),
        },
        {
          text: `Promote the secondary: set \`writer: "secondary"\` in config/environments/${environment}.ts and deploy. Writers, migrations and schedules then run there and stop in the primary.`,
          commands: [`PLIMSOLL_ENV=${environment} make synth`],
        },
        {
          text: "See that the pods are ready in the secondary.",
          commands: [`kubectl ${context(clusters.secondary)} get pods --all-namespaces`],
        },
      ],
      done: `Each application answers at its host name below ${domain} from ${secondary}.`,
    },
    {
      id: "failback",
      title: "Fail back to the primary region",
      when: "The primary region has been healthy for an hour and its data is current.",
      steps: [
        {
          text: `Restore or replicate the data that was written in ${secondary} to ${primary} first: a failback without it loses these writes.`,
        },
        {
          text: `Set \`writer: "primary"\` in config/environments/${environment}.ts and deploy.`,
          commands: [`PLIMSOLL_ENV=${environment} make synth`],
        },
        {
          text: "Arm the latch of each application: traffic then returns.",
          commands: entered.map(
            (application) =>
              `aws ssm put-parameter --region us-east-1 --name ${latchParameter(names, application)} --value armed --overwrite`,
          ),
        },
      ],
      done: `Each application answers from ${primary}, and the alarms of the latch are in state OK.`,
    },
  ];
}

/** What controllers make from these objects they make again; restored with them it would have no owner. */
const customKinds = ({ clusters, kinds }: Names): Step[] =>
  kinds.map(({ application, resources }) => ({
    text: `${application}: restore what its users wrote, and nothing that its controller makes from it. Take the newest of the list in place of NEWEST.`,
    commands: [
      `velero --kubecontext ${clusters.secondary} backup get --selector velero.io/storage-location=peer,velero.io/schedule-name=velero-recovery-other-region`,
      `velero --kubecontext ${clusters.secondary} restore create --from-backup NEWEST --include-namespaces ${application} --include-resources ${resources}`,
    ],
  }));

function disasters(names: Names): Procedure[] {
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
          text: "Tell users what was lost: the recovery point of each application is in the readiness report, section recovery.",
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

function restores({ clusters, first }: Names): Procedure[] {
  const velero = `velero --kubecontext ${clusters.primary}`;
  return [
    {
      id: "namespace-restore",
      title: "Restore a namespace",
      when: "Objects or volumes of an application were deleted or damaged.",
      steps: [
        {
          text: "Find the newest backup before the damage. Daily backups live for 30 days, those of every six hours for three days.",
          commands: [
            `${velero} schedule get`,
            `${velero} backup get --selector velero.io/schedule-name=velero-recovery-own-region`,
          ],
        },
        {
          text: "Restore it beside the damaged namespace first, and look at it. Nothing of the copy runs: no pod of it joins production.",
          commands: [
            `${velero} restore create --from-schedule velero-recovery-own-region --include-namespaces ${first.application} --namespace-mappings ${first.application}:${first.application}-restored --include-resources ${restoredKinds.map(qualified).join(",")},persistentvolumes --resource-modifier-configmap ${restoreTestNames.guard}`,
          ],
        },
        {
          text: "Then restore into the namespace itself. Objects that exist are left as they are; pods and what else controllers make they make again.",
          commands: [
            `${velero} restore create --from-schedule velero-recovery-own-region --include-namespaces ${first.application} --exclude-resources ${rebuiltKinds.map(qualified).join(",")}`,
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

function changes({ clusters, first, prefix, primary, environment }: Names): Procedure[] {
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

function upgrades({ clusters, primary, secondary, environment, kubernetes }: Names): Procedure[] {
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

/** Page of all procedures with an index. */
export function proceduresPage(environment: Environment, applications: readonly Application[]): string {
  const procedures = proceduresOf(environment, applications);
  return [
    "# Procedures",
    "",
    `Procedures for operations of ${environment.name} that no alert describes. Names in the commands are those of the synthesised`,
    "resources; a test compares them. This page is written by `make docs`.",
    "",
    ...procedures.map(({ id, title, when }) => `- [${title}](#${id}): ${when}`),
    "",
    ...procedures.flatMap(({ id, title, when, steps, done }) => [
      `<a id="${id}"></a>`,
      "",
      `## ${title}`,
      "",
      `**When:** ${when}`,
      "",
      ...steps.flatMap(({ text, commands = [] }, index) => [
        `${index + 1}. ${text}`,
        ...(commands.length > 0
          ? ["", "   ```console", ...commands.map((command) => `   $ ${command}`), "   ```"]
          : []),
        "",
      ]),
      `**Done when:** ${done}`,
      "",
    ]),
  ]
    .join("\n")
    .trimEnd()
    .concat("\n");
}
