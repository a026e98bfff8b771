export * from "./billable";
export { hoursPerMonth } from "./charge";
export { estimateCost, type CostLine, type CostReport } from "./estimate";
export { budgetVerdict, type BudgetVerdict } from "./budget";
export { compareCosts, type CostChange, type CostComparison } from "./comparison";
export { CostInputError } from "./validation";
