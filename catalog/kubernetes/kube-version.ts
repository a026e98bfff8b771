/** `1.36`, `v1.36.0`, `1.36.0-0`: what is left out of the numbers is undefined. */
interface Parts {
  readonly numbers: readonly [number, number, number];
  readonly given: number;
  readonly prerelease: boolean;
}

function parts(text: string): Parts | undefined {
  const found = /^v?(\d+)(?:\.(\d+|x|\*))?(?:\.(\d+|x|\*))?(-[0-9A-Za-z.-]+)?$/.exec(text);
  if (!found) return undefined;
  const numbers = [found[1], found[2], found[3]].map((part) =>
    part === undefined || /[x*]/.test(part) ? undefined : Number(part),
  );
  const given = numbers.findIndex((part) => part === undefined);
  return {
    numbers: [numbers[0] ?? 0, numbers[1] ?? 0, numbers[2] ?? 0],
    given: given === -1 ? 3 : given,
    prerelease: found[4] !== undefined,
  };
}

const order = (a: Parts["numbers"], b: Parts["numbers"]): number => a[0] - b[0] || a[1] - b[1] || a[2] - b[2];

type Accepts = (version: Parts["numbers"]) => boolean;

function comparator(operator: string, bound: Parts): Accepts {
  const { numbers, given } = bound;
  // "1.36" means any of 1.36: the first version beyond it differs in the last number that is given.
  const beyond: Parts["numbers"] =
    given <= 1
      ? [numbers[0] + 1, 0, 0]
      : given === 2
        ? [numbers[0], numbers[1] + 1, 0]
        : [numbers[0], numbers[1], numbers[2] + 1];
  switch (operator) {
    case ">=":
      return (version) => order(version, numbers) >= 0;
    case ">":
      return (version) => order(version, beyond) >= 0;
    case "<":
      return (version) => order(version, numbers) < 0;
    case "<=":
      return (version) => order(version, beyond) < 0;
    case "^":
      return (version) => order(version, numbers) >= 0 && version[0] === numbers[0];
    case "~":
      return (version) =>
        order(version, numbers) >= 0 &&
        order(version, given <= 1 ? [numbers[0] + 1, 0, 0] : [numbers[0], numbers[1] + 1, 0]) < 0;
    default:
      return (version) => order(version, numbers) >= 0 && order(version, beyond) < 0;
  }
}

/**
 * Whether a chart's kubeVersion accepts an EKS cluster of a minor version.
 *
 * EKS calls its API server v1.36.2-eks-…, which Helm's constraints take for a pre-release: a part without a pre-release of
 * its own, such as `>=1.25.0`, refuses it, and `>=1.25.0-0` does not. Source: github.com/Masterminds/semver, README,
 * "Working With Prerelease Versions"; Amazon EKS user guide, platform versions; read 2026-11-21.
 *
 * @param version minor version of the cluster, such as "1.36"
 * @returns undefined where the range, or the version, cannot be read
 */
export function acceptsKubernetes(range: string, version: string): boolean | undefined {
  const cluster = parts(version);
  if (cluster === undefined) return undefined;
  const alternatives = range.split("||").map((alternative) =>
    [...alternative.matchAll(/(>=|<=|=|>|<|\^|~)?\s*([^\s,<>=^~]+)/g)].map(([, operator = "=", bound = ""]) => {
      const read = parts(bound);
      return read && { accepts: comparator(operator, read), prerelease: read.prerelease };
    }),
  );
  if (alternatives.some((all) => all.length === 0 || all.includes(undefined))) return undefined;
  return alternatives.some((all) => all.every((one) => one?.prerelease === true && one.accepts(cluster.numbers)));
}
