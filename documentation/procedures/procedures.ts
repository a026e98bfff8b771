import type { Application } from "../../config/application/schema";
import type { Environment } from "../../config/environment";
import { changes } from "./changes";
import { databaseRestores } from "./database-restore";
import { disasters } from "./disasters";
import { incidents } from "./incidents";
import { movesOfTraffic } from "./moves-of-traffic";
import { namesOf } from "./names";
import { namespaceRestores } from "./namespace-restore";
import { onCall } from "./on-call";
import type { Procedure } from "./procedure";
import { upgrades } from "./upgrades";

/** Procedures for operations that no alert describes. */
export function proceduresOf(environment: Environment, applications: readonly Application[]): readonly Procedure[] {
  const names = namesOf(environment, applications);
  return [incidents, onCall, movesOfTraffic, disasters, namespaceRestores, databaseRestores, changes, upgrades].flatMap(
    (of) => of(names),
  );
}
