import { markdownTable } from "./markdown";

/** `docs/README.md`: every page with what it is for. */
export const indexPage = (): string =>
  [
    "# Documentation",
    "",
    "Pages marked with * are written by `make docs` from the program and the configuration; CI fails when one is stale.",
    "",
    ...markdownTable(
      ["page", "for"],
      [
        ["[Add your application](adding-an-application.md)*", "One file, from the first line to a verdict"],
        [
          "[Deploy to AWS](deployment.md)*",
          "From an empty account to serving customers: manual steps, checks, teardown",
        ],
        ["[Topology](topology.md)*", "Stacks, regions, security groups and allowed flows of production"],
        ["[Policies](policies.md)*", "What must hold, with a page for each policy"],
        ["[Claims](claims.md)*", "The claims of the readiness reports, and what proves each"],
        ["[Prices](prices.md)*", "Every price of the cost model, with its source"],
        [
          "[The five applications](applications.md)*",
          "How report and public code differ, and what was built and started",
        ],
        [
          "[Procedures](procedures.md)*",
          "Incident, escalation, failover, failback, restore, scaling, rotation, upgrade, handover",
        ],
        [
          "[Game day](game-day.md)*",
          "The exercise of recovery each quarter: steps, what each measures, abort conditions",
        ],
        ["[Runbooks](runbooks)*", "One for each alert"],
        ["[Loss of the primary region](operations/region-loss.md)", "Promotion of the databases, and the way back"],
        ["[Day 2](operations/catalogue.md)", "Update prices, support calendar, charts and Kubernetes"],
        ["[Proof](proof.md)", "What runs on real engines, and what that needs"],
        ["[Decisions](adr)", "Why it is built so"],
      ],
    ),
    "",
  ].join("\n");
