import { ageDays, datedFacts } from "../../../catalog/freshness";
import { judgedAt } from "../../policy/mutation";
import { policy, wholePlatform } from "../../policy/policy";
import { atMost } from "../../policy/comparison";

export default policy({
  id: "GO-15",
  severity: "warning",
  proves: [],
  beyond: "every figure of a claim rests on dated facts; no report says how old they may be",
  title: "Prices, limits and support dates were read recently enough",
  because: "synthesis reads nothing from the network, so a price or an end of support that changed stays as it was",
  remedy: "read the sources again and enter the date: docs/operations/catalogue.md says how for each file",
  subjects: () => [wholePlatform],
  check: (_, { now }) =>
    datedFacts.map((facts) => ({
      ...atMost(facts.maximumAgeDays, ageDays(facts, now), `days since ${facts.file} was read`),
      place: { file: facts.file, path: "retrieved" },
    })),
  mutants: [judgedAt("a year later", "2027-11-30"), judgedAt("two years later", "2028-11-30")],
  boundary: {
    holds: judgedAt("92 days after the support calendar was read", "2027-02-21"),
    breaks: judgedAt("93 days after", "2027-02-22"),
  },
});
