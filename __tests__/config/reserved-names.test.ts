import { ownerOfName } from "../../config/application/reserved-names";
import { fixtureEnvironment } from "../fixtures/platform/environments";
import { synthesised } from "../harness";

const stacks = synthesised("production");
const regions = Object.values(fixtureEnvironment().regions).map(({ name }) => name);

/** The name of a stack without its region. */
const withoutRegion = (name: string): string =>
  regions.reduce((text, region) => text.replace(new RegExp(`-${region}$`), ""), name);

/** Namespaces that a stack makes. */
function namespacesOf(terraform: unknown): string[] {
  const { resource = {} } = terraform as { readonly resource?: Readonly<Record<string, object>> };
  return Object.entries(resource).flatMap(([type, resources]) =>
    type.startsWith("kubernetes_namespace")
      ? Object.values(resources).map(({ metadata }: { metadata: { name: string } }) => metadata.name)
      : [],
  );
}

// A stack of an application has its namespace; those of the platform are all others.
const applications = new Set(
  stacks.flatMap(({ name, terraform }) =>
    namespacesOf(terraform).filter((namespace) => namespace === withoutRegion(name) && namespace !== "monitoring"),
  ),
);

describe("names that applications cannot have", () => {
  it("are those of all stacks of the platform", () => {
    const names = [...new Set(stacks.map(({ name }) => withoutRegion(name)))].filter((name) => !applications.has(name));
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => ownerOfName(name) === undefined)).toEqual([]);
  });

  it("are those of all namespaces of the platform, and of Kubernetes", () => {
    const names = stacks.flatMap(({ terraform }) => namespacesOf(terraform)).filter((name) => !applications.has(name));
    expect(names).toContain("velero");
    expect([...names, "default", "kube-flannel"].filter((name) => ownerOfName(name) === undefined)).toEqual([]);
  });

  it("are no others", () => {
    expect(applications.size).toBeGreaterThan(1);
    expect([...applications, "shop", "kubernetes", "edges"].filter((name) => ownerOfName(name))).toEqual([]);
  });
});
