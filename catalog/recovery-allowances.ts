import data from "./recovery-allowances.json";

const { allowances } = data;

/** Seconds that parts of a recovery take which no setting of the platform decides. */
export const recoveryAllowances = {
  healthCheckRequestSeconds: allowances.healthCheckRequestSeconds.value,
  aliasTtlSeconds: allowances.aliasTtlSeconds.value,
  metricsDelaySeconds: allowances.metricsDelaySeconds.value,
  nodeReadySeconds: allowances.nodeReadySeconds.value,
  imagePullSeconds: allowances.imagePullSeconds.value,
  dataStorePromotionSeconds: allowances.dataStorePromotionSeconds.value,
} as const;
