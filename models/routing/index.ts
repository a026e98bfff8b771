export { contains, deliveries, hoursOfAWeek, inhibits, matches, unmutedReceivers } from "./evaluate";
export type * from "./types";
