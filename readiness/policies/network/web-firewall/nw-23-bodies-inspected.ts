import type { Platform } from "../../../inventory/platform";
import type { LoadBalancer } from "../../../inventory/facts/aws/load-balancers";
import type { WebAcl } from "../../../inventory/facts/aws/web-acls";
import { change, remove, resource, set, unset } from "../../../policy/mutation";
import type { JsonObject } from "../../../policy/json";
import { policy } from "../../../policy/policy";
import { fail, notApplicable, pass, unknown, type Verdict } from "../../../policy/verdict";
import { ofApplication } from "../../../policy-terms/targets";
import { annotation } from "../../../../contract";
import { answersOnBodies, type Asked, pathsIn } from "./_bodies";
import { matchesPattern, namesOf, publicBalancers, sampleOf, servedApplications, UNNAMED_PATH } from "../_routing";

function judged(acl: WebAcl, asked: Asked, wanted: "blocked" | "passes"): Verdict[] {
  const where = `${asked.host}${asked.path}`;
  const other = answersOnBodies(acl, asked).filter(({ answer }) => answer !== wanted);
  if (other.length === 0) return [pass(`bodies at ${where}: ${wanted}`)];
  return other.map(({ rule, answer }) =>
    answer === undefined
      ? unknown(`a statement beside ${rule} is not one that this check reads`, "rule")
      : fail({
          expected:
            wanted === "blocked"
              ? `${rule} blocks at ${where}, which no application declares in entry.uninspectedBodies`
              : `${rule} refuses nothing at ${where}, as entry.uninspectedBodies declares`,
          actual: answer,
          field: "rule",
        }),
  );
}

/** Paths that applications of the region declare, by application. */
const declaredIn = (region: string | undefined, platform: Platform): ReadonlyMap<string, readonly string[]> =>
  new Map(
    servedApplications(region, platform).map((application) => [
      application,
      platform.workloads
        .filter((one) => one.region === region && one.namespace === application)
        .flatMap(({ component }) => component?.uninspectedBodies ?? []),
    ]),
  );

function ofBalancer({ webAcl, region }: LoadBalancer, platform: Platform): Verdict | Verdict[] {
  if (webAcl === undefined) return fail({ expected: "a web ACL", actual: "none is associated" });
  const declared = declaredIn(region, platform);
  if (declared.size === 0) return notApplicable("it serves no application");
  const excepted = [...[...declared.values()].flat().map(sampleOf), ...pathsIn(webAcl)];
  return [...declared].flatMap(([application, patterns]) =>
    namesOf(application, region, platform).flatMap((host) => {
      // Where a path leads counts, not how it is written.
      const around = patterns.filter((one) => one.includes("*")).map((one) => `${one.split("*")[0] ?? ""}../../x`);
      const elsewhere = [UNNAMED_PATH, ...excepted, ...around].filter(
        (path) => !patterns.some((one) => matchesPattern(one, path)) || path.endsWith("../../x"),
      );
      return [
        ...patterns.flatMap((one) => judged(webAcl, { host, path: sampleOf(one) }, "passes")),
        ...[...new Set(elsewhere)].flatMap((path) => judged(webAcl, { host, path }, "blocked")),
      ];
    }),
  );
}

const firewalls = resource("aws_wafv2_web_acl");
const ofSecondary = resource("aws_wafv2_web_acl", (_, __, stack) => stack.endsWith("eu-west-1"));
const orders = ofApplication("orders", "kubernetes_deployment_v1", "api");
const declare = (paths: readonly string[]) =>
  set(["metadata", "annotations", annotation.component, "uninspectedBodies"], [...paths]);
const OVERRIDES = "statement.managed_rule_group_statement.rule_action_override";
const EXCEPTION = "rule.3.statement.and_statement.statement";
const onlyCounted = [{ name: "SizeRestrictions_BODY", action_to_use: { count: {} } }];
const inText = (from: string, to: string) => (block: JsonObject) => {
  block["rule"] = JSON.parse(JSON.stringify(block["rule"]).replaceAll(from, to)) as JsonObject[];
};

export default policy({
  id: "NW-23",
  severity: "error",
  proves: ["FG-21"],
  title: "The web ACL judges bodies everywhere but on the paths that applications declare",
  because:
    "rules against scripts and injection refuse build logs and webhooks, which quote code: GitHub's event is lost with 403; without them an exploit reaches every other path",
  remedy: "name the paths in entry.uninspectedBodies of the application, and no others",
  subjects: publicBalancers,
  check: ofBalancer,
  mutants: [
    remove("no association", resource("aws_wafv2_web_acl_association")),
    change("a path that the web ACL does not except", orders, declare(["/github/webhook", "/v1/logs/*", "/v2/logs/*"])),
    change("an exception that is no longer declared", orders, declare(["/github/webhook"])),
    change("rules that block on the webhook", firewalls, set(`rule.1.${OVERRIDES}`, onlyCounted)),
    change("the same in the secondary", ofSecondary, set(`rule.2.${OVERRIDES}`, [])),
    change("nothing blocks what was labelled", firewalls, unset("rule.3")),
    change("labelled bodies are counted, in the secondary", ofSecondary, set("rule.3.action", { count: {} })),
    change("one label is forgotten", ofSecondary, unset(`${EXCEPTION}.0.or_statement.statement.0`)),
    change("decided before the labels are there", firewalls, set("rule.3.priority", 0)),
    change("on every host", firewalls, inText("^(?:orders\\\\.", "^(?:.*\\\\.")),
    change("on every path", ofSecondary, inText("webhook)", "webhook|.*)")),
    change("a path that leads elsewhere", firewalls, inText("NORMALIZE_PATH", "NONE")),
  ],
  boundary: {
    holds: change("a further rule that counts", firewalls, (block) => {
      const statement = { byte_match_statement: { search_string: "/" } };
      (block["rule"] as JsonObject[]).push({ name: "further", priority: 9, action: { count: {} }, statement });
    }),
    breaks: change("one character of a path", firewalls, inText("github/webhook)", "github/webhooks)")),
  },
});
