import { providerTraits } from "../../catalog/resource-types";
import { type ChangeReport, compareDeclarations } from "../../models/change";
import { declarationOf } from "./declaration";
import { stacksOf } from "./output-folder";

/** What changes from one output folder to another. @throws Error in one sentence where one has no stacks */
export const compareFolders = (before: string, after: string): ChangeReport =>
  compareDeclarations(declarationOf(stacksOf(before)), declarationOf(stacksOf(after)), providerTraits());
