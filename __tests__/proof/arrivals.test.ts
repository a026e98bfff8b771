import type { Labels, Routing } from "../../models/routing/types";
import { judgeArrivals, underWay } from "../../proof/alerts/arrivals";
import type { Arrival } from "../../proof/alerts/live";
import { Ledger } from "../../proof/run/ledger";
import { Progress } from "../../proof/run/progress";

const routing: Routing = {
  route: {
    receiver: "none",
    routes: [
      { matchers: ['severity="critical"'], receiver: "pager" },
      { matchers: ['severity="warning"'], receiver: "chat", continue: true },
      { matchers: ['severity="warning"'], receiver: "ticket" },
    ],
  },
  receivers: [{ name: "none" }, { name: "pager" }, { name: "chat" }, { name: "ticket" }],
  inhibit_rules: [
    { source_matchers: ['alertname="StoreDown"'], target_matchers: ['severity="warning"'], equal: ["application"] },
  ],
};

const arrival = (receiver: string, alertname: string, application: string, labels: Labels = {}): Arrival => ({
  at: new Date(),
  receiver,
  labels: { alertname, application, severity: alertname === "StoreDown" ? "critical" : "warning", ...labels },
  annotations: { runbook_url: `https://runbooks.example/${alertname}` },
});

function judged(arrivals: readonly Arrival[], expected: readonly string[]): Ledger {
  const ledger = new Ledger("proof-x", new Progress({ write: () => true }, false));
  judgeArrivals(ledger, routing, arrivals, expected);
  return ledger;
}

describe("what arrives of played incidents", () => {
  const everywhere = [arrival("chat", "QueueDeep", "shop"), arrival("ticket", "QueueDeep", "shop")];

  test("an alert at each of its receivers is proved", () => {
    expect(judged(everywhere, ["QueueDeep"])).toMatchObject({ failures: [], provedCount: 1 });
  });

  test("a receiver that is left out fails, and is still waited for", () => {
    const [chat] = everywhere;
    const arrivals = chat ? [chat] : [];
    expect(underWay(routing, arrivals, ["QueueDeep"])).toBe(true);
    expect(judged(arrivals, ["QueueDeep"]).failures).toEqual([
      { what: "QueueDeep arrives at ticket", words: "it arrived at chat" },
    ]);
  });

  test("a cause that fires later holds an alert back from its slower receivers", () => {
    const arrivals = [arrival("chat", "QueueDeep", "shop"), arrival("pager", "StoreDown", "shop")];
    expect(underWay(routing, arrivals, ["QueueDeep"])).toBe(false);
    expect(judged(arrivals, ["QueueDeep", "StoreDown"])).toMatchObject({ failures: [], provedCount: 2 });
  });

  test("the cause of another application holds nothing back", () => {
    const arrivals = [arrival("chat", "QueueDeep", "shop"), arrival("pager", "StoreDown", "bank")];
    expect(judged(arrivals, ["QueueDeep"]).failures.map(({ what }) => what)).toEqual(["QueueDeep arrives at ticket"]);
  });

  test("an alert that never arrives fails, unless a cause may hold it back", () => {
    expect(judged([], ["QueueDeep"]).failures).toEqual([
      { what: "QueueDeep arrives", words: "no notification; 0 other alerts arrived" },
    ]);
    expect(judged([arrival("pager", "StoreDown", "shop")], ["QueueDeep"]).failures).toEqual([]);
  });

  test("a stranger's receiver and a missing runbook fail", () => {
    const strange = [...everywhere, arrival("pager", "QueueDeep", "shop")];
    expect(judged(strange, ["QueueDeep"]).failures[0]?.what).toBe("QueueDeep arrives at its receivers only");
    const unlinked = everywhere.map((one) => ({ ...one, annotations: {} }));
    expect(judged(unlinked, ["QueueDeep"]).failures[0]?.what).toBe("QueueDeep links its runbook");
  });
});
