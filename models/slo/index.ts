export * from "./burn-rates";
export { compile, NO_DATA_ALERT, recorded, type AlertContext } from "./compile";
export { faultsOf, type ObjectiveFault } from "./guards";
export { bucketMatcher, eventRates, selectorsOf, selectorText } from "./promql";
export { selectorOf } from "./selector";
export type * from "./types";
