import type { Delivery, InhibitRule, Labels, Route, Routing, TimeInterval } from "./types";

const form = /^\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*"?((?:[^"\\]|\\.)*)"?\s*$/;

/** Matchers by their text: each is asked for every alert at every hour of a week. */
const read = new Map<string, (labels: Labels) => boolean>();

/** Whether a matcher selects the labels. A label that is absent is an empty text, and expressions are anchored. @throws on a text that is no matcher */
export function matches(matcher: string, labels: Labels): boolean {
  const known = read.get(matcher) ?? matcherOf(matcher);
  read.set(matcher, known);
  return known(labels);
}

function matcherOf(matcher: string): (labels: Labels) => boolean {
  const [, name, operator, raw = ""] = form.exec(matcher) ?? [];
  if (name === undefined || operator === undefined) throw new Error(`not a matcher: ${matcher}`);
  const value = raw.replace(/\\(["\\])/g, "$1");
  const whole = operator.endsWith("~") ? new RegExp(`^(?:${value})$`) : undefined;
  const negated = operator.startsWith("!");
  return (labels) => {
    const found = labels[name] ?? "";
    return (whole === undefined ? found === value : whole.test(found)) !== negated;
  };
}

/** Who is notified of an alert at a time, as Alertmanager decides it: the deepest matching routes, in their order. */
export function deliveries(routing: Routing, labels: Labels, at: Date): readonly Delivery[] {
  return ends(routing.route, labels, routing.route.receiver ?? "").map(({ route, receiver }) => ({
    receiver,
    muted: isMuted(route, routing.time_intervals ?? [], at),
  }));
}

/** Receivers that are notified of an alert at each hour of a week, in the order of their routes. */
export function unmutedReceivers(routing: Routing, labels: Labels): readonly string[] {
  const hours = hoursOfAWeek();
  const always = ends(routing.route, labels, routing.route.receiver ?? "").filter(
    ({ route }) => !hours.some((hour) => isMuted(route, routing.time_intervals ?? [], hour)),
  );
  return [...new Set(always.map(({ receiver }) => receiver))];
}

interface End {
  readonly route: Route;
  readonly receiver: string;
}

function ends(route: Route, labels: Labels, inherited: string): readonly End[] {
  if (!(route.matchers ?? []).every((matcher) => matches(matcher, labels))) return [];
  const receiver = route.receiver ?? inherited;
  const found: End[] = [];
  for (const child of route.routes ?? []) {
    const below = ends(child, labels, receiver);
    found.push(...below);
    if (below.length > 0 && child.continue !== true) break;
  }
  return found.length > 0 ? found : [{ route, receiver }];
}

function isMuted(route: Route, intervals: readonly TimeInterval[], at: Date): boolean {
  const within = (names: readonly string[] | undefined): boolean =>
    (names ?? []).some((name) => {
      const interval = intervals.find((candidate) => candidate.name === name);
      if (!interval) throw new Error(`no time interval ${name}`);
      return contains(interval, at);
    });
  const active = route.active_time_intervals;
  return within(route.mute_time_intervals) || (active !== undefined && active.length > 0 && !within(active));
}

const weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/** Whether a time is in an interval: in any of its parts, in all fields of that part. */
export function contains({ time_intervals: parts }: TimeInterval, at: Date): boolean {
  return parts.some(({ times, weekdays: days, location }) => {
    const { weekday, minutes } = localTime(at, location ?? "UTC");
    const dayFits = days === undefined || days.some((range) => inDays(range, weekday));
    const timeFits =
      times === undefined ||
      times.some(({ start_time, end_time }) => minutes >= minutesOf(start_time) && minutes < minutesOf(end_time));
    return dayFits && timeFits;
  });
}

function inDays(range: string, weekday: number): boolean {
  const [first = "", last = first] = range.split(":");
  return weekday >= weekdays.indexOf(first) && weekday <= weekdays.indexOf(last);
}

const minutesOf = (time: string): number => {
  const [hours = "0", minutes = "0"] = time.split(":");
  return Number(hours) * 60 + Number(minutes);
};

function localTime(at: Date, timeZone: string): { readonly weekday: number; readonly minutes: number } {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "long",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(at);
  const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? "";
  return {
    weekday: weekdays.indexOf(of("weekday").toLowerCase()),
    minutes: Number(of("hour")) * 60 + Number(of("minute")),
  };
}

/** Whether an alert that fires keeps another back. */
export const inhibits = (rule: InhibitRule, source: Labels, target: Labels): boolean =>
  rule.source_matchers.every((matcher) => matches(matcher, source)) &&
  rule.target_matchers.every((matcher) => matches(matcher, target)) &&
  rule.equal.every((label) => (source[label] ?? "") === (target[label] ?? ""));

/** Each hour of the week that begins at a Monday, 00:00 UTC. */
export function hoursOfAWeek(monday = Date.UTC(2026, 10, 30)): readonly Date[] {
  return Array.from({ length: 168 }, (_, hour) => new Date(monday + hour * 3_600_000));
}
