import { recoveryLosses } from "../../../catalog/recovery-allowances";
import type { Mark } from "../../../models/recovery/duration";
import type { Platform } from "../../inventory/platform";
import type { Namespace } from "../../inventory/facts/kubernetes/namespaces";
import { databaseFor, type DeclaredStore, declaredStores } from "../../policy-terms/stores";
import { applicationNamespaces } from "./backup-coverage";
import { cacheCopies } from "./cache-copies";
import { replicaLagSeconds } from "./replica-lag";

/** Work that a loss costs in one store. */
export interface StorePoint {
  readonly application: string;
  readonly store: string;
  readonly kind: DeclaredStore["kind"];
  readonly loss: "zone" | "region" | "corruption";
  readonly rpoMinutes: number | undefined;
  /** Undefined: nothing brings the data back. */
  readonly minutes: number | undefined;
  readonly mark: Mark;
  readonly date: string;
  readonly source: string;
  readonly arithmetic: string;
}

type Point = Pick<StorePoint, "loss" | "minutes" | "mark" | "date" | "source" | "arithmetic">;
type Known = (typeof recoveryLosses)[keyof typeof recoveryLosses];

/** Every store that keeps something, where its writes are accepted. */
export function storePoints(platform: Platform): readonly StorePoint[] {
  const { regions, writer } = platform.environment;
  const home = regions[writer ?? "primary"].name;
  return applicationNamespaces(platform)
    .filter(({ region }) => region === home)
    .flatMap((namespace) =>
      (declaredStores(namespace) ?? [])
        .filter(({ persistent }) => persistent)
        .flatMap((store) =>
          pointsOf(store, namespace, platform).map((point) => ({
            application: namespace.name,
            store: store.name,
            kind: store.kind,
            rpoMinutes: store.rpoMinutes,
            ...point,
          })),
        ),
    );
}

const pointsOf = (store: DeclaredStore, namespace: Namespace, platform: Platform): Point[] =>
  store.kind === "database" ? ofDatabase(store, namespace, platform) : ofCache(store, namespace, platform);

const known = ({ mark, date, source }: Known) => ({ mark, date, source });
const minutesOf = ({ seconds }: Known): number => seconds / 60;

function ofDatabase(store: DeclaredStore, { region }: Namespace, platform: Platform): Point[] {
  const { synchronousReplica, logUpload } = recoveryLosses;
  const database = databaseFor(platform, store, region);
  const lag = database?.replicas
    .map((replica) => replicaLagSeconds(platform, replica))
    .find((one) => one !== undefined);
  return [
    {
      loss: "zone",
      minutes: database?.multiAz === true ? minutesOf(synchronousReplica) : undefined,
      ...known(synchronousReplica),
      arithmetic: database?.multiAz === true ? "0 min: writes are in two zones" : "one zone only",
    },
    {
      loss: "region",
      minutes: lag === undefined ? undefined : lag.seconds / 60,
      mark: "documented",
      date: synchronousReplica.date,
      source: "CloudWatch alarm on ReplicaLag: a longer lag is known before the loss",
      arithmetic: lag?.arithmetic ?? "no replica whose lag an alarm watches",
    },
    {
      loss: "corruption",
      minutes: (database?.backupDays ?? 0) > 0 ? minutesOf(logUpload) : undefined,
      ...known(logUpload),
      arithmetic:
        (database?.backupDays ?? 0) > 0
          ? `${minutesOf(logUpload)} min between two uploads of the log, within ${database?.backupDays ?? 0} days`
          : "no automated backup",
    },
  ];
}

function ofCache(store: DeclaredStore, { region }: Namespace, platform: Platform): Point[] {
  const { cacheReplica } = recoveryLosses;
  const group = platform.caches.find(
    (one) => one.application === store.application && one.store === store.name && one.region === region,
  );
  const copies = cacheCopies(platform, region, `${store.application}/${store.name}`);
  const between = copies?.minutesBetween;
  const copied: Omit<Point, "loss"> = {
    minutes: copies === undefined || between === undefined ? undefined : between + copies.minutesLong,
    mark: "documented",
    date: cacheReplica.date,
    source: "EventBridge schedule and timeout of the function that copies entries",
    arithmetic:
      copies === undefined || between === undefined
        ? "no schedule that copies its entries"
        : `${between} min between copies + ${copies.minutesLong} min, the longest copy + 0 min, written to ${copies.target ?? "?"} directly`,
  };
  return [
    {
      loss: "zone",
      minutes: group?.failover === true ? minutesOf(cacheReplica) : copied.minutes,
      ...(group?.failover === true ? known(cacheReplica) : copied),
      arithmetic: group?.failover === true ? `${cacheReplica.seconds} s behind the primary node` : copied.arithmetic,
    },
    { loss: "region", ...copied },
    { loss: "corruption", ...copied },
  ];
}
