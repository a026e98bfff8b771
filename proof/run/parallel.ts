/** Works through the items in their order, so many at a time. After an exception nothing new begins, and what runs is waited for. */
export async function inParallel<Item>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  await together(
    Math.min(limit, items.length),
    async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next);
    },
    () => queue.splice(0),
  );
}

/**
 * As `inParallel`, but an item waits for those that it depends on (names that are not among the items do not count),
 * and of those that can begin the one with the longest chain of items behind it is the first.
 */
export async function inDependencyOrder<
  Item extends { readonly name: string; readonly dependencies: readonly string[] },
>(items: readonly Item[], limit: number, work: (item: Item) => Promise<void>): Promise<void> {
  const behind = chainsBehind(items);
  const waiting = items.toSorted((a, b) => (behind.get(b.name) ?? 0) - (behind.get(a.name) ?? 0));
  const unfinished = new Set(items.map(({ name }) => name));
  const sleepers: (() => void)[] = [];
  const wake = (): void => sleepers.splice(0).forEach((resume) => resume());
  await together(
    Math.min(limit, items.length),
    async () => {
      while (waiting.length > 0) {
        const at = waiting.findIndex(({ dependencies }) => !dependencies.some((name) => unfinished.has(name)));
        const [item] = at < 0 ? [] : waiting.splice(at, 1);
        if (item) {
          await work(item);
          unfinished.delete(item.name);
          wake();
        } else if (waiting.length === unfinished.size)
          throw new Error(
            `${waiting
              .map(({ name }) => name)
              .sort()
              .join(", ")} depend on one another in a circle`,
          );
        else await new Promise<void>((resume) => sleepers.push(resume));
      }
    },
    () => {
      waiting.splice(0);
      wake();
    },
  );
}

/** How long the longest chain is of items that wait for an item. */
function chainsBehind(
  items: readonly { readonly name: string; readonly dependencies: readonly string[] }[],
): ReadonlyMap<string, number> {
  const behind = new Map<string, number>();
  // As often as there are items, so that a circle, which is reported later, ends here too.
  for (let round = 0, changed = true; changed && round < items.length; round++) {
    changed = false;
    for (const { name, dependencies } of items)
      for (const dependency of dependencies) {
        const length = (behind.get(name) ?? 0) + 1;
        if (length <= (behind.get(dependency) ?? 0)) continue;
        behind.set(dependency, length);
        changed = true;
      }
  }
  return behind;
}

/** @param giveUp removes the remaining work, as soon as one worker fails */
async function together(workers: number, work: () => Promise<void>, giveUp: () => void): Promise<void> {
  await allSettled(
    Array.from({ length: workers }, async () => {
      try {
        await work();
      } catch (error) {
        giveUp();
        throw error;
      }
    }),
  );
}

/** Waits for all, whatever becomes of them. @throws what the first of them that failed threw */
export async function allSettled(promises: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(promises)).find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
}
