import type { Program } from "../../../../catalog/applications";
import { annotation } from "../../../../contract";
import { objectOf, textOf } from "../../../inventory/json";
import type { PlacedObject } from "../../../inventory/kubernetes/object";
import type { Platform } from "../../../inventory/platform";
import type { DeclaredAuthentication } from "../../../inventory/facts/kubernetes/component-facts";
import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import { holds } from "../../../policy/comparison";
import {
  change,
  changeRecords,
  manifest,
  resource,
  set,
  together,
  unset,
  type Mutation,
} from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, type Verdict } from "../../../policy/verdict";
import { holdsSecret, renderedFor } from "../../../policy-terms/delivered-secrets";
import { CONTAINER, ofApplication } from "../../../policy-terms/targets";
import { checkedByCode, letInByNetworks } from "./_callers";

const FACTS = ["metadata", "annotations", annotation.component];
const mirror = ofApplication("mirror", "kubernetes_stateful_set_v1");
const agent = ofApplication("storefront", "kubernetes_deployment_v1", "api");
const web = ofApplication("orders", "kubernetes_deployment_v1", "web");
const accounts = ofApplication("ledger", "kubernetes_deployment_v1", "api");
const rulesOfLedger = (kind: "source_ip" | "path_pattern") =>
  resource(
    "aws_lb_listener_rule",
    ({ condition }, _id, stack) => stack.startsWith("ledger-") && JSON.stringify(condition).includes(`"${kind}"`),
  );
/** Another record of the code behind the accounts. */
const recorded = (name: string, checksCallers: Program["checksCallers"]): Mutation =>
  changeRecords(name, (records) => {
    const program = records.find(({ application }) => application === "ledger")?.programs["api"];
    if (program && checksCallers) program.checksCallers = checksCallers;
    else delete program?.checksCallers;
  });

/** The key reaches the agent in a rendered file alone, and the program checks it by a switch in that file. */
const renderedKey = (name: string, template: string): Mutation =>
  together(
    name,
    change(`${name}: no variable`, agent, set(`${CONTAINER}.0.env`, [])),
    change(
      `${name}: declared`,
      agent,
      set([...FACTS, "authentication"], { secret: "API_KEY", switchedOnBy: "check: on", checkedAt: "main.go:1" }),
    ),
    change(
      `${name}: template`,
      manifest("ExternalSecret", ({ metadata }) => objectOf(metadata)["name"] === "api-secrets"),
      set("spec.target.template", { engineVersion: "v2", mergePolicy: "Merge", data: { "server.yaml": template } }),
    ),
  );

/** Workloads behind a binding of the load balancer. */
function behind({ object, region }: PlacedObject, platform: Platform): readonly Workload[] {
  const service = textOf(objectOf(objectOf(object["spec"])["serviceRef"])["name"]);
  return platform.services
    .filter((one) => one.region === region && one.namespace === object.metadata.namespace && one.name === service)
    .flatMap(({ workloads }) => workloads);
}

function getsSecret(workload: Workload, key: string, platform: Platform): boolean {
  const { containers, pod } = workload;
  return (
    containers.some(({ environment }) =>
      environment.some(
        ({ name, secret, value }) =>
          (name === key && secret !== undefined) ||
          (name === `${key}_FILE` && value !== undefined && pod.volumes.some(({ kind }) => kind === "secret")),
      ),
    ) || renderedFor(workload, platform).some((rendered) => holdsSecret(rendered, key))
  );
}

function switchedOn(workload: Workload, by: string, platform: Platform): boolean {
  return (
    workload.containers.some(
      ({ args, environment }) =>
        args.includes(by) || environment.some(({ name, value }) => `${name}=${value ?? ""}` === by),
    ) || renderedFor(workload, platform).some(({ kind, template }) => kind === "file" && template.includes(by))
  );
}

const reaches = ({ component }: Workload, kind: string, name: string): boolean =>
  component?.talksTo.some((one) => objectOf(one)[kind] === name) === true;

function told(workload: Workload, declared: DeclaredAuthentication, platform: Platform): Verdict[] {
  const { secret, switchedOnBy, accountsIn, delegatedTo, checkedAt } = declared;
  if (declared.public !== undefined)
    return [
      declared.public.trim().length > 0
        ? pass(`declared public: ${declared.public}`)
        : fail({
            expected: "a reason why everybody may call it",
            actual: "none",
            field: "entry.authentication.public",
          }),
    ];
  if (secret !== undefined)
    return [
      checkedByCode(workload, checkedAt, [], platform),
      holds(
        getsSecret(workload, secret, platform),
        `${workload.label} gets the secret ${secret}`,
        "no variable or file of it",
        {
          field: "secrets",
        },
      ),
      ...(switchedOnBy === undefined
        ? []
        : [
            holds(
              switchedOn(workload, switchedOnBy, platform),
              `${workload.label} is started with ${switchedOnBy}`,
              "no argument, variable or rendered file of it",
              { field: "settings" },
            ),
          ]),
    ];
  if (accountsIn !== undefined)
    return [
      checkedByCode(workload, checkedAt, [], platform),
      holds(
        reaches(workload, "postgres", accountsIn) || reaches(workload, "redis", accountsIn),
        `${workload.label} reaches ${accountsIn}, which holds the accounts`,
        "no dependency on it",
        { field: "talksTo" },
      ),
    ];
  const other = platform.workloads.find(
    ({ name, namespace, region }) =>
      name === delegatedTo && namespace === workload.namespace && region === workload.region,
  );
  if (delegatedTo === undefined || other?.component?.authentication === undefined)
    return [
      fail({
        expected: `a component that authenticates for ${workload.label}`,
        actual: delegatedTo ?? "nothing",
        field: "entry",
      }),
    ];
  const own = workload.component?.talksTo.filter((one) => !("component" in objectOf(one))) ?? [];
  return [
    holds(
      reaches(workload, "component", delegatedTo) && own.length === 0,
      `${workload.label} reaches ${delegatedTo} and no store`,
      JSON.stringify(workload.component?.talksTo ?? []),
      { field: "talksTo" },
    ),
    ...(other.component.authentication.delegatedTo === undefined
      ? told(other, other.component.authentication, platform)
      : []),
  ];
}

export default policy({
  id: "NW-13",
  severity: "error",
  proves: ["FL-23", "CA-28"],
  title: "Every component that the internet reaches authenticates its callers",
  because:
    "a program that is given a key and compares it with nothing lets any caller on the internet copy, delete or change what it manages",
  remedy:
    'record in catalog/applications (checksCallers), or in the application file (checkedAt), where the code checks callers, and declare entry.authentication: the secret and its switch, the store of accounts, or the component that does it; for code that checks no caller declare networks: "organisation", or public with the reason',
  subjects: (platform): readonly PlacedObject[] =>
    platform.objects.filter(({ object }) => object.kind === "TargetGroupBinding"),
  check: (binding, platform) => {
    const workloads = behind(binding, platform);
    if (workloads.length === 0) return fail({ expected: "a workload behind the load balancer", actual: "none" });
    return workloads.flatMap((workload) => {
      const declared = workload.component?.authentication;
      if (declared === undefined)
        return fail({
          expected: `authentication of ${workload.label} is declared`,
          actual: "it says nothing, and the internet reaches it",
          field: "entry.authentication",
        });
      return declared.networks === undefined
        ? told(workload, declared, platform)
        : letInByNetworks(binding, workload, declared, platform);
    });
  },
  mutants: [
    change("nothing is declared", agent, unset([...FACTS, "authentication"])),
    change("the key does not reach the pods", agent, (block) => {
      set(`${CONTAINER}.0.env`, [])(block);
      set(`${CONTAINER}.0.volume_mount`, [])(block);
    }),
    change("the switch is off", mirror, (block) => {
      const text = JSON.stringify(block).replace(
        '{"name":"MIRROR_API_KEY_AUTH","value":"true"}',
        '{"name":"MIRROR_API_KEY_AUTH","value":"false"}',
      );
      Object.assign(block, JSON.parse(text));
    }),
    renderedKey("the rendered file holds another secret", "check: on\nkey: {{ .REDIS_URL }}"),
    renderedKey("the rendered file has the switch off", "check: off\nkey: {{ .API_KEY }}"),
    renderedKey("the rendered file names a key that is not fetched", "check: on\nkey: {{ .API_KEYS }}"),
    change(
      "the accounts are in a store that it does not reach",
      agent,
      set([...FACTS, "authentication"], { accountsIn: "main", checkedAt: "main.go:1" }),
    ),
    change("no record of where the code checks", agent, unset([...FACTS, "authentication", "checkedAt"])),
    change("public for no reason", agent, set([...FACTS, "authentication"], { public: " " })),
    change(
      "a key that the recorded code never reads",
      accounts,
      set([...FACTS, "authentication"], { accountsIn: "main" }),
    ),
    recorded("code that checks no caller behind open paths", { by: null, at: "main.go:1" }),
    recorded("code of which nothing is recorded behind open paths", undefined),
    recorded("code that checks another path", { by: "DATABASE_URL", paths: ["/internal/*"], at: "main.go:1" }),
    recorded("code that checks by a variable that it is not given", { by: "SIGNING_KEY", at: "main.go:1" }),
    change(
      "a network that is not the organisation's",
      rulesOfLedger("source_ip"),
      set("condition.1.source_ip.values", ["0.0.0.0/0"]),
    ),
    change("every address and every path", rulesOfLedger("source_ip"), unset("condition.1")),
    change(
      "every address and every path in the secondary",
      resource("aws_lb_listener_rule", (_block, id, stack) => stack === "ledger-eu-west-1" && !id.includes("open")),
      unset("condition.1"),
    ),
    change("a path more for everybody", rulesOfLedger("path_pattern"), (block) => {
      Object.assign(block, JSON.parse(JSON.stringify(block).replace('"/health/live"', '"/*"')));
    }),
    change(
      "delegated to a component without authentication",
      web,
      set([...FACTS, "authentication", "delegatedTo"], "worker"),
    ),
    change(
      "delegated beside a store of its own",
      web,
      set([...FACTS, "talksTo"], [{ component: "api" }, { postgres: "main" }]),
    ),
    change(
      "nothing is declared in the secondary",
      ofApplication("mirror", "kubernetes_stateful_set_v1"),
      unset([...FACTS, "authentication"]),
    ),
  ],
  boundary: {
    holds: change("another argument beside the switch", mirror, (block) => {
      set(`${CONTAINER}.0.args`, ["serve", "--api-key-auth"])(block);
      set([...FACTS, "authentication", "switchedOnBy"], "--api-key-auth")(block);
    }),
    breaks: change(
      "a switch of nearly that name",
      mirror,
      set([...FACTS, "authentication", "switchedOnBy"], "--api-keys-auth"),
    ),
  },
});
