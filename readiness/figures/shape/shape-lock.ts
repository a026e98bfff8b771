import lock from "./shapes.lock.json";
import { type Shape, shapedEnvironments, type ShapedEnvironment, type ShapeLock } from "../../inventory/shape";

type Shapes = Readonly<Record<ShapedEnvironment, Shape>>;

export function lockOf(found: Shapes): ShapeLock {
  const shapes: Shapes = {
    production: ordered(found.production),
    staging: ordered(found.staging),
    development: ordered(found.development),
  };
  const everywhere = Object.keys(shapes.production)
    .sort()
    .filter((resource) => new Set(shapedEnvironments.map((name) => JSON.stringify(shapes[name][resource]))).size === 1);
  const shared = new Set(everywhere);
  const rest = (shape: Shape): Shape =>
    Object.fromEntries(
      Object.entries(shape)
        .filter(([resource]) => !shared.has(resource))
        .sort(byName),
    );
  return {
    shared: Object.fromEntries(everywhere.map((resource) => [resource, shapes.production[resource] ?? {}])),
    only: { production: rest(shapes.production), staging: rest(shapes.staging), development: rest(shapes.development) },
  };
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);
const ordered = (shape: Shape): Shape =>
  Object.fromEntries(
    Object.entries(shape).map(([resource, facts]) => [
      resource,
      Object.fromEntries(Object.entries(facts).sort(byName)),
    ]),
  );

export const shapeIn = ({ shared, only }: ShapeLock, environment: ShapedEnvironment): Shape => ({
  ...shared,
  ...only[environment],
});

/** The committed shapes; a test holds them against what each environment synthesises. */
export const shapeLock: ShapeLock = lock;

/** The lock as it is committed: a resource a line, so that a change shows which. */
export function lockText({ shared, only }: ShapeLock): string {
  const lines = (shape: Shape): string =>
    Object.entries(shape)
      .map(([resource, facts]) => `\n  ${JSON.stringify(resource)}: ${JSON.stringify(facts)}`)
      .join(",");
  const sections = [["shared", shared] as const].map(([name, shape]) => ` "${name}": {${lines(shape)}}`);
  const own = shapedEnvironments.map((name) => `  "${name}": {${lines(only[name])}}`).join(",\n");
  return `{\n${sections.join(",\n")},\n "only": {\n${own}\n }\n}\n`;
}
