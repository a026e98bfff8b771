import { firstPriorities, RULES_PER_APPLICATION, rulesOfEntry } from "../../config/application/listener-rules";

describe("priorities of listener rules", () => {
  const names = ["billing", "ci-failure-agent", "flakeguard", "fleetforge", "freightliner", "x0tta6bl4"];

  it("stay as they are when an application is added or removed", () => {
    const all = firstPriorities(names);
    for (const left of names) {
      const others = firstPriorities(names.filter((name) => name !== left));
      for (const [name, priority] of others) expect(priority).toBe(all.get(name));
    }
  });

  it("never overlap and are ones that a listener takes, also for a thousand applications", () => {
    const many = [...firstPriorities(Array.from({ length: 1000 }, (_, index) => `application-${index}`)).values()];
    const sorted = many.sort((left, right) => left - right);
    expect(sorted[0]).toBeGreaterThanOrEqual(100);
    expect((sorted.at(-1) ?? 0) + RULES_PER_APPLICATION - 1).toBeLessThanOrEqual(50_000);
    for (const [index, priority] of sorted.entries())
      if (index > 0) expect(priority - (sorted[index - 1] ?? 0)).toBeGreaterThanOrEqual(RULES_PER_APPLICATION);
  });

  it("are counted by paths, networks and open paths", () => {
    expect(rulesOfEntry({ healthPath: "/health" }, 12)).toBe(1);
    expect(rulesOfEntry({ healthPath: "/health", routes: [{ paths: ["/a", "/b", "/c", "/d"] }] }, 12)).toBe(3);
    const open = { paths: ["/health", "/hook", "/other", "/third"] };
    expect(rulesOfEntry({ healthPath: "/health", authentication: { networks: "organisation", open } }, 7)).toBe(5);
  });
});
