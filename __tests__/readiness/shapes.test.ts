import { shapeDifferences, shapeOf } from "../../readiness/figures/shape/shape";
import { lockOf, lockText, shapeIn } from "../../readiness/figures/shape/shape-lock";
import { takeInventory } from "../../readiness/inventory/inventory";
import { type Shape, shapedEnvironments, type ShapedEnvironment } from "../../readiness/inventory/shape";
import { fixtureEnvironment } from "../fixtures/platform/environments";
import { fixtureApplications, fixtureFacts } from "../fixtures/platform/platform";
import { platformStacks, synthesised } from "../harness";

describe("the shapes of the environments", () => {
  const shapes = () => {
    const shape = (name: ShapedEnvironment) => shapeOf(takeInventory(synthesised(name), fixtureFacts(name)));
    return { production: shape("production"), staging: shape("staging"), development: shape("development") };
  };

  it("are read back from the lock's text", () => {
    const lock = lockOf(shapes());
    expect(JSON.parse(lockText(lock))).toEqual(lock);
  });
  it("are one shape, and the lock gives each back", () => {
    const all = shapes();
    const lock = lockOf(all);
    for (const name of shapedEnvironments) {
      expect(shapeDifferences(all.production, all[name])).toEqual([]);
      expect(shapeDifferences(shapeIn(lock, name), all[name])).toEqual([]);
    }
  });
  it("name nothing that belongs to one environment, and no size", () => {
    const text = JSON.stringify(shapes().production);
    for (const own of ["210987654321", "acme.example", "10.64.", '"365"', "-production", "/production"])
      expect(text).not.toContain(own);
  });
  it("are the same for another organisation, owner and cost centre", () => {
    const environment = { ...fixtureEnvironment(), organisation: "zebra", owner: "herd", costCentre: "cc-9999" };
    const other = takeInventory(platformStacks(environment, fixtureApplications), { ...fixtureFacts(), environment });
    expect(shapeDifferences(shapes().production, shapeOf(other))).toEqual([]);
  });
  it("name each difference on both sides", () => {
    const [left, right]: Shape[] = [
      { "s/a": { on: "true", kind: "x" }, "s/b": {}, "t/c": {}, "t/d": {} },
      { "s/a": { on: "false", kind: "x", more: "y" } },
    ];
    expect(shapeDifferences(left ?? {}, right ?? {})).toEqual([
      { resource: "the stack t", left: "there", right: "none" },
      { resource: "s/a", left: "more = not set, on = true", right: "more = y, on = false" },
      { resource: "s/b", left: "there", right: "none" },
    ]);
    expect(lockOf({ production: left ?? {}, staging: right ?? {}, development: left ?? {} })).toEqual({
      shared: {},
      only: { production: left, staging: right, development: left },
    });
  });
});
