import { context, type Names, type Procedure } from "./procedure";

export function onCall({ clusters, first, prefix }: Names): Procedure[] {
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
