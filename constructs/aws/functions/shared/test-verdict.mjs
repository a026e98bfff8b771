// What a restore test says at its end, of stores and of namespaces alike.
/** The end of a test. @throws when one of its stores or namespaces has not passed, with each problem in the step's own words */
export function verdict(results) {
  const failed = results.filter(({ problem }) => problem !== undefined);
  const words = failed.map(({ store, problem }) => {
    try {
      return JSON.parse(problem.Cause).errorMessage;
    } catch {
      return `${store.name}: ${problem.Cause ?? problem.Error}`;
    }
  });
  if (failed.length > 0) throw new Error(words.join("; "));
  return { passed: results.map(({ store }) => store.name) };
}
