import { entriesOf, type Draft, type DraftComponent, type Refusal } from "./draft";

/** What databases and caches say of each other, of the components that use them and of the application's objectives. */
export function storeRefusals(draft: Draft): Refusal[] {
  return [
    ...ambiguousNames(draft),
    ...unreachable(draft),
    ...evictingQueues(draft),
    ...poolRefusals(draft),
    ...slowStores(draft),
  ];
}

/** A secret's `connection` is a name alone. */
const ambiguousNames = ({ databases, caches }: Draft): Refusal[] =>
  Object.keys(caches ?? {})
    .filter((name) => databases !== undefined && name in databases)
    .map((name) => ({
      path: ["caches", name],
      found: name,
      allowed: "a name that no database has",
      because: "the connection of a secret names one store",
    }));

function unreachable({ databases, caches, secrets, components }: Draft): Refusal[] {
  const connections = entriesOf(secrets).flatMap(([, { connection }]) => connection ?? []);
  // A connection of no store, and a queue without a connection, have messages of their own.
  const mistyped = connections.some((name) => !(name in { ...databases, ...caches }));
  const queues = entriesOf(components).flatMap(([, { scale }]) => scale?.queue?.redis ?? []);
  const unnamed = (record: "databases" | "caches", names: readonly string[]): Refusal[] =>
    names
      .filter((name) => {
        const found = connections.filter((connection) => connection === name).length;
        return found > 1 || (found === 0 && !mistyped && !queues.includes(name));
      })
      .map((name) => ({
        path: [record, name],
        found: `${connections.filter((connection) => connection === name).length} secrets with its connection`,
        allowed: `one secret with connection: ${JSON.stringify(name)}`,
        because: "its password is written into that secret, and nowhere else",
      }));
  return [...unnamed("databases", Object.keys(databases ?? {})), ...unnamed("caches", Object.keys(caches ?? {}))];
}

function evictingQueues(draft: Draft): Refusal[] {
  const queues = new Set(entriesOf(draft.components).flatMap(([, { scale }]) => scale?.queue?.redis ?? []));
  return entriesOf(draft.caches).flatMap(([name, { use, eviction }]): Refusal[] => {
    if (use === "queue" && eviction !== undefined && eviction !== "noeviction")
      return [
        {
          path: ["caches", name, "eviction"],
          found: eviction,
          allowed: "noeviction, or nothing",
          because: "an entry that a queue evicts is a job that never runs",
        },
      ];
    if (use === "cache" && queues.has(name))
      return [
        {
          path: ["caches", name, "use"],
          found: use,
          allowed: "queue: a component scales by a list in it",
          because: "a cache evicts entries of the list when its memory is full",
        },
      ];
    return [];
  });
}

const podsOf = ({ scale, replicas }: DraftComponent): number => scale?.max ?? replicas ?? 1;

/** The exact sum, with the pods of a rollout, is CP-10's. */
function poolRefusals(draft: Draft): Refusal[] {
  return entriesOf(draft.databases).flatMap(([name, { maxConnections, reservedConnections }]) => {
    if (maxConnections === undefined) return [];
    const left = maxConnections - (reservedConnections ?? 10);
    const pools = entriesOf(draft.components).flatMap(([component, part]) =>
      (part.talksTo ?? []).flatMap((to) =>
        to !== undefined && "postgres" in to && to.postgres === name && to.poolSize !== undefined
          ? [{ text: `${component} ${podsOf(part)} × ${to.poolSize}`, connections: podsOf(part) * to.poolSize }]
          : [],
      ),
    );
    const sum = pools.reduce((all, { connections }) => all + connections, 0);
    return sum <= left
      ? []
      : [
          {
            path: ["databases", name, "maxConnections"],
            found: maxConnections,
            allowed: `at least ${sum + maxConnections - left}: ${pools.map(({ text }) => text).join(" + ")}, and ${maxConnections - left} in reserve`,
            because: "the last pod that the load calls for finds no connection",
          },
        ];
  });
}

function slowStores(draft: Draft): Refusal[] {
  const rto = draft.objectives?.rtoMinutes;
  if (rto === undefined) return [];
  return (["databases", "caches"] as const).flatMap((record) =>
    entriesOf<{ readonly rtoMinutes?: number | undefined }>(draft[record]).flatMap(([name, store]) =>
      store.rtoMinutes !== undefined && store.rtoMinutes > rto
        ? [
            {
              path: [record, name, "rtoMinutes"],
              found: store.rtoMinutes,
              allowed: `at most objectives.rtoMinutes, ${rto}`,
              because: "the application is not back before its store is",
            },
          ]
        : [],
    ),
  );
}
