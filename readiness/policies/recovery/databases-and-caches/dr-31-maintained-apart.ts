import type { CacheGroup, DatabaseInstance } from "../../../inventory/facts/aws/stores";
import type { Platform } from "../../../inventory/platform";
import { holds } from "../../../policy/comparison";
import { change, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, notApplicable, type Verdict } from "../../../policy/verdict";

type Store = DatabaseInstance | CacheGroup;

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const MINUTES_OF_DAY = 1440;
const MINUTES_OF_WEEK = 7 * MINUTES_OF_DAY;
/** Hours in which people work, with one before and two after: maintenance that fails is then seen by all of them. */
const WORK = { from: 7, to: 20 };
/** Standard time of the regions that have prices in catalog/prices. Source: IANA time zone database, America/New_York and Europe/Dublin, read 2026-11-29. */
const hoursFromUtc: Readonly<Record<string, number>> = { "us-east-1": -5, "eu-west-1": 0 };

/** Minutes of the week, in UTC, of `mon:05:00-mon:06:00`; undefined for another form. */
function weekly(window: string | undefined): readonly number[] | undefined {
  const times = [...(window ?? "").matchAll(/([a-z]{3}):(\d\d):(\d\d)/g)].map(
    ([, day = "", hour, minute]) => DAYS.indexOf(day) * MINUTES_OF_DAY + Number(hour) * 60 + Number(minute),
  );
  const [from, to] = times;
  if (from === undefined || to === undefined || from < 0 || to < 0) return undefined;
  const length = (to - from + MINUTES_OF_WEEK) % MINUTES_OF_WEEK;
  return Array.from({ length }, (_, minute) => (from + minute) % MINUTES_OF_WEEK);
}

/** Whether a minute of the week is one of a working day in the region. */
function works(minute: number, hours: number): boolean {
  const local = (minute + hours * 60 + MINUTES_OF_WEEK) % MINUTES_OF_WEEK;
  const hour = (local % MINUTES_OF_DAY) / 60;
  return Math.floor(local / MINUTES_OF_DAY) < 5 && hour >= WORK.from && hour < WORK.to;
}

const stores = ({ databases, caches }: Platform): readonly Store[] => [...databases, ...caches];

/** The same store in the other region. */
const twinOf = (store: Store, platform: Platform): Store | undefined =>
  stores(platform).find(
    (one) =>
      one.application === store.application &&
      one.store === store.store &&
      one.region !== store.region &&
      one.identifier !== undefined &&
      "nodeType" in one === "nodeType" in store,
  );

const windowed = (type: string, side: RegExp) => resource(type, (_block, _id, stack) => side.test(stack));
const databases = "aws_db_instance";
const [PRIMARY, SECONDARY] = [/us-east-1$/, /eu-west-1$/];
const at = (window: string) => set("maintenance_window", window);

export default policy({
  id: "DR-31",
  severity: "warning",
  proves: ["FG-25"],
  title: "Stores are maintained at night, and never in both regions at once",
  because:
    "AWS restarts a store in its window: in working hours every customer waits for it, and with both regions in one window the standby is not there when the patch of the primary fails",
  remedy: "give maintenance_window an hour at night, on another day in each region",
  subjects: stores,
  check: (store, platform): Verdict | readonly Verdict[] => {
    const own = weekly(store.resource.text("maintenance_window"));
    if (own === undefined)
      return fail({
        expected: "a weekly window such as mon:05:00-mon:06:00",
        actual: store.resource.text("maintenance_window") ?? "chosen by AWS",
      });
    const hours = hoursFromUtc[store.region ?? ""];
    const twin = twinOf(store, platform);
    const taken = new Set(weekly(twin?.resource.text("maintenance_window")));
    return [
      hours === undefined
        ? notApplicable(`no time zone is recorded for ${store.region ?? "its region"}`)
        : holds(
            !own.some((minute) => works(minute, hours)),
            `maintenance outside of ${WORK.from}:00 to ${WORK.to}:00 of a working day in ${store.region ?? ""}`,
            store.resource.text("maintenance_window") ?? "",
          ),
      twin === undefined
        ? notApplicable("it is in one region only")
        : holds(
            !own.some((minute) => taken.has(minute)),
            `maintenance at another time than in ${twin.region ?? "the other region"}`,
            "both at once",
          ),
    ];
  },
  mutants: [
    change("at noon of the primary", windowed(databases, PRIMARY), at("wed:16:00-wed:17:00")),
    change("at noon of the standby", windowed(databases, SECONDARY), at("wed:12:00-wed:13:00")),
    change("both at once", windowed(databases, SECONDARY), at("mon:05:30-mon:06:30")),
    change("both caches at once", resource("aws_elasticache_replication_group"), at("tue:05:00-tue:06:00")),
    change("whenever AWS likes", windowed(databases, PRIMARY), unset("maintenance_window")),
    change("a day that is none", windowed(databases, PRIMARY), at("day:05:00-day:06:00")),
  ],
  boundary: {
    holds: change("until seven", windowed(databases, SECONDARY), at("tue:06:00-tue:07:00")),
    breaks: change("a minute longer", windowed(databases, SECONDARY), at("tue:06:00-tue:07:01")),
  },
});
