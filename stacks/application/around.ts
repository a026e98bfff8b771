import type { ITerraformDependable } from "cdktf";
import type { LoadedApplication } from "../../config/application/load";
import type { Application } from "../../config/application/schema";
import type { Site } from "../../config/site";
import type { Ownership } from "../../constructs/kubernetes/labels";
import type { Manifest } from "../../constructs/kubernetes/manifests";
import type { ApplicationStackProps } from "./props";
import type { ApplicationSecrets } from "./secrets";

/** The application's stack, as what is made in it sees it. */
export interface Around {
  readonly site: Site;
  readonly loaded: LoadedApplication;
  readonly application: Application;
  readonly props: ApplicationStackProps;
  readonly ownership: Ownership;
  /** What makes the namespace safe. */
  readonly guards: ITerraformDependable[];
  /** What every pod of the application waits for. */
  readonly ready: readonly ITerraformDependable[];
  readonly secrets: ApplicationSecrets;
  addManifests(id: string, manifests: readonly Manifest[], path: string): ITerraformDependable;
  metadata(name: string, component: string): Manifest["metadata"];
}
