import type { ITerraformDependable } from "cdktf";
import { declaredIn } from "../../config/application/load";
import { type Component, type Job, logsOf } from "../../config/application/schema";
import { acceptsWrites } from "../../config/site";
import type { ContainerProps } from "../../constructs/kubernetes/workload/container";
import type { Around } from "./around";

/** Name of the ConfigMap that holds the application's flags. */
export const FLAGS = "feature-flags";

/** What components and jobs have around them alike. */
export function surroundingsOf(
  around: Around,
  name: string,
  part: Component | Job,
  path: string,
  after: readonly ITerraformDependable[],
) {
  const { environment, region } = around.site;
  const repository = part.image.replace(/:[^:]*$/, "");
  const secrets = part.secrets?.length ? [addSecrets(around, name, part, `${path}.secrets`)] : [];
  const shared: Omit<ContainerProps, "part"> = {
    image: `${environment.accountId}.dkr.ecr.${region.name}.amazonaws.com/${environment.organisation}/${repository}@${around.props.images[part.image]?.digest}`,
    logs: logsOf(around.application),
    ...(secrets.length > 0 ? { secretName: `${name}-secrets` } : {}),
    ...(around.application.flags && part.readsFlags !== false ? { flagsName: FLAGS } : {}),
  };
  return {
    ...shared,
    namespace: around.application.name,
    ownership: around.ownership,
    networkCidr: region.cidr,
    acceptsWrites: acceptsWrites(around.site),
    declaration: { ...declaredIn(around.loaded, path), override: `environments.${environment.name}.${path}` },
    servicePorts: Object.fromEntries(
      Object.entries(around.application.components).flatMap(([id, other]) =>
        other.kind === "service" ? [[id, other.port]] : [],
      ),
    ),
    dependsOn: [...around.ready, ...secrets, ...after],
  };
}

const addSecrets = (around: Around, name: string, part: Component | Job, path: string): ITerraformDependable =>
  around.addManifests(
    `${name}-secrets`,
    [around.secrets.externalSecret(name, part, around.metadata(`${name}-secrets`, name))],
    path,
  );
