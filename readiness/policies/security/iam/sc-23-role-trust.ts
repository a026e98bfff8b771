import { itemsOf } from "../../../permissions/software";
import { assumptionsOf, judgeAssumption, judgeOpenness } from "../../../permissions/trust";
import { change, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";

const roles = resource("aws_iam_role");
const podRoles = resource("aws_iam_role", (_block, _id, stack) => stack.startsWith("platform-"));
const trust = "assume_role_policy.Statement.0";

export default policy({
  id: "SC-23",
  severity: "error",
  proves: ["CA-23", "FL-14"],
  title: "A role is assumed by the service that it is for, and by no other principal",
  because:
    "a trust policy that is too narrow leaves software without credentials, and one that is too wide gives its permissions to other accounts",
  remedy:
    "let the trust policy name the one service, with sts:TagSession for Pod Identity and the conditions of this account",
  subjects: (platform) => itemsOf(platform, "aws_iam_role"),
  check: ({ resource: role }, platform) => {
    const assumptions = assumptionsOf(role, platform);
    const services = [...new Set(assumptions.map(({ service }) => service))];
    return [
      ...assumptions.map((assumption) => judgeAssumption(role, assumption, platform)),
      ...judgeOpenness(role, services, platform),
    ];
  },
  mutants: [
    change("everybody", roles, set(`${trust}.Principal`, { AWS: "*" })),
    change("another account", roles, set(`${trust}.Principal`, { AWS: "arn:aws:iam::999988887777:root" })),
    change("another service", roles, set(`${trust}.Principal`, { Service: "codebuild.amazonaws.com" })),
    change("without sts:TagSession", podRoles, set(`${trust}.Action`, ["sts:AssumeRole"])),
    change(
      "for pods of another cluster",
      podRoles,
      set(`${trust}.Condition.ArnEquals`, { "aws:SourceArn": "arn:aws:eks:eu-north-1:210987654321:cluster/other" }),
    ),
    change(
      "everybody but one",
      roles,
      set(trust, {
        Effect: "Allow",
        Action: "sts:AssumeRole",
        NotPrincipal: { AWS: "arn:aws:iam::210987654321:role/a" },
      }),
    ),
    change("a trust that denies", podRoles, set(`${trust}.Effect`, "Deny")),
  ],
  boundary: {
    holds: change(
      "without the condition of the cluster",
      podRoles,
      set(`${trust}.Condition`, { StringEquals: { "aws:SourceAccount": "210987654321" } }),
    ),
    breaks: change(
      "with the condition of another account",
      podRoles,
      set(`${trust}.Condition`, { StringEquals: { "aws:SourceAccount": "999988887777" } }),
    ),
  },
});
