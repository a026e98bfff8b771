import type { Evaluation } from "../../models/slo/types";

/**
 * Intervals that scrapes, rules and Prometheus itself are configured with. The long interval keeps queries over three
 * and thirty days to one in five minutes; 32 days of samples hold a window of 30 and two days to look back on it.
 */
export const evaluation: Evaluation = {
  scrapeIntervalSeconds: 30,
  evaluationIntervalSeconds: 30,
  longEvaluationIntervalSeconds: 300,
  retentionDays: 32,
  minimumEvents: 100,
};
