import { daysOfSupportLeft, supportItem } from "../catalog/support-calendar";

/** Days of standard support that an EKS version has left on a day; undefined where the calendar does not know it. */
export function supportDaysLeft(version: string, now: string): number | undefined {
  const item = supportItem("eks", version);
  return item === undefined ? undefined : daysOfSupportLeft(item, new Date(now));
}
