import { apiReachable, domainDelegated, singletonsFree, zoneIsFree } from "./account-checks";
import type { Check } from "./check";
import { logGroupsFree, sizesReachMinimum } from "./cluster-checks";
import { applicationSecrets, chartImagesCopied, imagesPushed, platformSecrets } from "./content-checks";
import { deployerIsAdmin, deployerMay } from "./identity-checks";
import { awsCliInstalled, ownValues, terraformInstalled } from "./machine-checks";
import { quotasSuffice } from "./quota-checks";
import { noDataLost, noLocks, stateComplete } from "./state-checks";

/** Every check, in the order of the stages that need it. */
export const checks: readonly Check[] = [
  terraformInstalled,
  ownValues,
  deployerIsAdmin,
  deployerMay,
  stateComplete,
  noLocks,
  noDataLost,
  zoneIsFree,
  domainDelegated,
  singletonsFree,
  quotasSuffice,
  awsCliInstalled,
  logGroupsFree,
  sizesReachMinimum,
  apiReachable,
  platformSecrets,
  chartImagesCopied,
  imagesPushed,
  applicationSecrets,
];
