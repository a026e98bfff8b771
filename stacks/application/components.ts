import { createHash } from "node:crypto";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { Application, Component } from "../../config/application/schema";
import {
  CreatedPods,
  type CreatedPodsProps,
  createdPodsManifests,
} from "../../constructs/kubernetes/workload/created-pods";
import { Workload } from "../../constructs/kubernetes/workload/workload";
import { annotation } from "../../contract";
import { SECRET_STORE } from "../platform-services";
import { addressOf } from "../stores/connections";
import type { Around } from "./around";
import { routesOf } from "./entry";
import { cloudAccess } from "./registry-access";
import { surroundingsOf } from "./surroundings";

/** One component, after the jobs of the release. */
export function addComponent(
  scope: Construct,
  around: Around,
  name: string,
  part: Component,
  gates: readonly ITerraformDependable[],
): void {
  const { entry, flags } = around.application;
  const access = cloudAccess(scope, around, name, part);
  const created = addCreatedPods(scope, around, name, part);
  const surroundings = surroundingsOf(around, name, part, `components.${name}`, [
    ...gates,
    ...(access?.ready ?? []),
    ...created,
  ]);
  const route = entry && routesOf(entry).find(({ component }) => component === name);
  new Workload(scope, name, {
    ...surroundings,
    part,
    name,
    callers: callersOf(around.application, name),
    ...queueConnectionOf(around, part),
    ...(route ? { loadBalancerCidrs: around.props.loadBalancer.cidrs } : {}),
    ...(route?.authentication ? { authentication: route.authentication } : {}),
    ...(around.application.entry?.component === name && around.application.entry.uninspectedBodies
      ? { uninspectedBodies: around.application.entry.uninspectedBodies }
      : {}),
    ...(access ? { awsPermissions: access.permissions } : {}),
    ...(access?.google ? { google: access.google } : {}),
    // Variables are read once: other flags are another revision of the pods.
    ...(surroundings.flagsName === undefined
      ? {}
      : {
          revision: {
            [annotation.flags]: createHash("sha256").update(JSON.stringify(flags)).digest("hex").slice(0, 16),
          },
        }),
  });
}

/** How KEDA reads the queue by whose length the component scales. */
function queueConnectionOf({ application, secrets }: Around, { scale }: Component) {
  const key = Object.entries(application.secrets ?? {}).find(
    ([, { connection }]) => connection !== undefined && connection === scale?.queue?.redis,
  )?.[0];
  if (key === undefined) return {};
  return {
    queueConnection: {
      connectionSecret: secrets.remoteKey(key),
      address: addressOf(secrets.endpointOf(key)),
      secretStore: SECRET_STORE,
    },
  };
}

/** What pods that the component makes find when they come. */
function addCreatedPods(
  scope: Construct,
  around: Around,
  component: string,
  { creates }: Component,
): ITerraformDependable[] {
  return Object.entries(creates ?? {}).flatMap(([name, pods]) => {
    const props: CreatedPodsProps = {
      name,
      application: around.application.name,
      namespace: around.application.name,
      labels: around.metadata(name, component).labels ?? {},
      pods,
      dependsOn: around.guards,
    };
    return [
      new CreatedPods(scope, `created-${name}`, props).policy,
      around.addManifests(`pods-${name}`, createdPodsManifests(props), `components.${component}.creates`),
    ];
  });
}

/** Components and jobs that declare to talk to the component. */
const callersOf = ({ components, jobs }: Application, name: string): string[] =>
  Object.entries({ ...components, ...jobs })
    .filter(([, { talksTo }]) =>
      talksTo?.some((dependency) => "component" in dependency && dependency.component === name),
    )
    .map(([caller]) => caller);
