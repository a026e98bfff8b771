import { context, type DatabaseNames, type Names, type Procedure, type Step } from "./procedure";

/**
 * A database as it was at a point in time, under its own name. RDS always restores into a new instance, and an endpoint
 * follows the name of its instance: after two renames every pod and alarm finds the restored one where it looked before.
 * Sources, read 2026-11-29: Amazon RDS user guide, USER_PIT and USER_RenameInstance; AWS provider, aws_db_instance, Import.
 */
export function databaseRestores(names: Names): Procedure[] {
  const [database] = names.databases;
  if (database === undefined) return [];
  return [
    {
      id: "database-restore",
      title: "Restore a database to a point in time",
      when: "Rows were deleted or changed by a person, a release or a migration. A replica has copied the damage; it does not help.",
      steps: [...besideTheDamaged(names, database), ...inItsPlace(names, database)],
      done: "The application answers, the alarm of the replica's lag is in state OK, and the next restore test of the database passes.",
    },
  ];
}

const inRegion = (region: string, command: string): string => `aws rds ${command} --region ${region}`;

function besideTheDamaged({ clusters, prefix, primary }: Names, { application, instance }: DatabaseNames): Step[] {
  const rds = (command: string): string => inRegion(primary, command);
  const subnetGroup = `${prefix}-${primary}-databases`;
  const pods = `kubectl ${context(clusters.primary)} --namespace ${application}`;
  return [
    {
      text: "Stop what writes. The autoscalers would start pods again: they go first, and the deployment at the end brings them back.",
      commands: [
        `${pods} delete scaledobject,horizontalpodautoscaler --all`,
        `${pods} scale deployment --all --replicas=0`,
      ],
    },
    {
      text: "Find the last moment before the damage, in UTC: in the log of the release, or in the log of the database. It must be before the latest restorable time.",
      commands: [
        rds(`describe-db-instances --db-instance-identifier ${instance} --query 'DBInstances[].LatestRestorableTime'`),
      ],
    },
    {
      text: "Restore beside the damaged instance, with its own network and settings. Put the moment in place of MOMENT, and what the first command shows in place of CLASS and GROUPS.",
      commands: [
        rds(
          `describe-db-instances --db-instance-identifier ${instance} --query 'DBInstances[].[DBInstanceClass,VpcSecurityGroups[].VpcSecurityGroupId]' --output text`,
        ),
        rds(
          `restore-db-instance-to-point-in-time --source-db-instance-identifier ${instance} --target-db-instance-identifier ${instance}-restored --restore-time MOMENT --db-subnet-group-name ${subnetGroup} --db-parameter-group-name ${instance} --db-instance-class CLASS --vpc-security-group-ids GROUPS --multi-az --no-publicly-accessible --deletion-protection --copy-tags-to-snapshot`,
        ),
        rds(`wait db-instance-available --db-instance-identifier ${instance}-restored`),
      ],
    },
  ];
}

function inItsPlace({ primary, secondary, environment }: Names, { instance, address, secret }: DatabaseNames): Step[] {
  const rds = (command: string): string => inRegion(primary, command);
  const terraform = `terraform -chdir=cdktf.out/stacks/stores-${primary}`;
  return [
    {
      text: "Exchange the names. Both instances restart; the damaged one is kept for reading.",
      commands: [
        rds(
          `modify-db-instance --db-instance-identifier ${instance} --new-db-instance-identifier ${instance}-damaged --apply-immediately`,
        ),
        rds(
          `modify-db-instance --db-instance-identifier ${instance}-restored --new-db-instance-identifier ${instance} --apply-immediately`,
        ),
      ],
    },
    {
      text: "Give the state the restored instance. The plan that follows must replace nothing.",
      commands: [
        `PLIMSOLL_ENV=${environment} make synth`,
        `${terraform} init`,
        `${terraform} state rm ${address}`,
        `${terraform} import ${address} ${instance}`,
        `${terraform} plan`,
      ],
    },
    {
      text: "Set the passwords anew: the restored users have those of that moment.",
      commands: [`aws secretsmanager rotate-secret --region ${primary} --secret-id ${secret}`],
    },
    {
      text: `The replica in ${secondary} still follows the damaged instance. Delete it; the deployment creates a new one, and brings the autoscalers and pods back.`,
      commands: [
        inRegion(
          secondary,
          `modify-db-instance --db-instance-identifier ${instance} --no-deletion-protection --apply-immediately`,
        ),
        inRegion(secondary, `delete-db-instance --db-instance-identifier ${instance} --skip-final-snapshot`),
        `npx plimsoll deploy --env ${environment} --all`,
      ],
    },
    {
      text: "Compare with the damaged instance what was written after the moment, enter what is right again, and delete it after a week.",
    },
  ];
}
