/** Works through the items in their order, so many at a time. After an exception nothing new begins, and what runs is waited for. */
export async function inParallel<Item>(items: readonly Item[], limit: number, work: (item: Item) => Promise<void>): Promise<void> {
  const queue = [...items];
  await together(Math.min(limit, items.length), async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next);
  }, () => queue.splice(0));
}

/** As `inParallel`, but an item waits for those that it depends on; names that are not among the items do not count. */
export async function inDependencyOrder<Item extends { readonly name: string; readonly dependencies: readonly string[] }>(
  items: readonly Item[], limit: number, work: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const unfinished = new Set(items.map(({ name }) => name));
  const sleepers: (() => void)[] = [];
  const wake = (): void => sleepers.splice(0).forEach((resume) => resume());
  await together(Math.min(limit, items.length), async () => {
    while (waiting.length > 0) {
      const at = waiting.findIndex(({ dependencies }) => !dependencies.some((name) => unfinished.has(name)));
      const [item] = at < 0 ? [] : waiting.splice(at, 1);
      if (item) {
        await work(item);
        unfinished.delete(item.name);
        wake();
      } else if (waiting.length === unfinished.size) throw new Error(`${waiting.map(({ name }) => name).join(", ")} depend on one another in a circle`);
      else await new Promise<void>((resume) => sleepers.push(resume));
    }
  }, () => {
    waiting.splice(0);
    wake();
  });
}

/** @param giveUp takes away what is left to do, as soon as one worker fails */
async function together(workers: number, work: () => Promise<void>, giveUp: () => void): Promise<void> {
  const results = await Promise.allSettled(Array.from({ length: workers }, async () => {
    try {
      await work();
    } catch (error) {
      giveUp();
      throw error;
    }
  }));
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
}
