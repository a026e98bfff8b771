import { context, type Names, type Procedure } from "./procedure";

const latchParameter = ({ prefix }: Names, application: string): string => `/failback-latch/${prefix}/${application}`;

const promotion = ({ prefix, secondary }: Names, input: string): string =>
  `aws stepfunctions start-execution --region ${secondary} --state-machine-arn "$(aws stepfunctions list-state-machines --region ${secondary} --query "stateMachines[?name=='${prefix}-promotion'].stateMachineArn" --output text)" --input '${input}'`;

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
              `aws ssm get-parameter --region ${secondary} --name ${latchParameter(names, application)} --query Parameter.Value`,
          ),
        },
        {
          text: `Promote the databases of the secondary with its state machine, whose steps and failures are in [the page of a region's loss](operations/region-loss.md): first a dry run, which changes nothing, then with the time at which the primary ended. It starts migrations, seeds and writers as well.`,
          commands: [`{"dryRun":true}`, `{"lostAt":"<time, such as 2026-11-29T09:41:00Z>"}`].map((input) =>
            promotion(names, input),
          ),
        },
        {
          text: `Set \`writer: "secondary"\` in config/environments/${environment}.ts before the next deployment: with it writers, migrations and schedules stay in the secondary and stop in the primary.`,
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
              `aws ssm put-parameter --region ${secondary} --name ${latchParameter(names, application)} --value armed --overwrite`,
          ),
        },
      ],
      done: `Each application answers from ${primary}, and the alarms of the latch are in state OK.`,
    },
  ];
}
