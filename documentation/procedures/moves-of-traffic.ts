import { context, type Names, type Procedure } from "./procedure";

const latchParameter = ({ prefix }: Names, application: string): string => `/failback-latch/${prefix}/${application}`;

export function movesOfTraffic(names: Names): Procedure[] {
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
