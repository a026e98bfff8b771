export { contains, deliveries, hoursOfAWeek, inhibits, matches } from "./evaluate";
export type * from "./types";
