/** Works through the items in their order, so many at a time; the first exception ends it. */
export async function inParallel<Item>(items: readonly Item[], limit: number, work: (item: Item) => Promise<void>): Promise<void> {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
}

/** As `inParallel`, but an item waits for those that it depends on; names that are not among the items do not count. */
export async function inDependencyOrder<Item extends { readonly name: string; readonly dependencies: readonly string[] }>(
  items: readonly Item[], limit: number, work: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const unfinished = new Set(items.map(({ name }) => name));
  let wake: (() => void)[] = [];
  const worker = async (): Promise<void> => {
    while (waiting.length > 0) {
      const at = waiting.findIndex(({ dependencies }) => !dependencies.some((name) => unfinished.has(name)));
      const [item] = at < 0 ? [] : waiting.splice(at, 1);
      if (item) {
        await work(item);
        unfinished.delete(item.name);
        for (const resume of wake.splice(0)) resume();
      } else if (waiting.length === unfinished.size) throw new Error(`${waiting.map(({ name }) => name).join(", ")} depend on one another in a circle`);
      else await new Promise<void>((resume) => wake.push(resume));
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  } finally {
    wake = [];
  }
}
