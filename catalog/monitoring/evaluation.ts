import type { Evaluation } from "../../models/slo/types";
import { monitoringSettings } from "./index";

/**
 * Intervals that scrapes, rules and Prometheus itself are configured with. The long interval keeps queries over three
 * and thirty days to one in five minutes.
 */
export const evaluation: Evaluation = {
  scrapeIntervalSeconds: monitoringSettings.scrapeIntervalSeconds,
  evaluationIntervalSeconds: monitoringSettings.evaluationIntervalSeconds,
  longEvaluationIntervalSeconds: 300,
  retentionDays: monitoringSettings.retentionDays,
  minimumEvents: 100,
};
