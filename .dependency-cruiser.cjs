// The one direction of imports: configuration → stacks → constructs, and what was synthesised → inventory → policies → report.
const only = (from, allowed, because) => ({
  name: `${from}-imports`,
  severity: "error",
  comment: because,
  from: { path: `^${from}/` },
  to: {
    path: "^(main\\.ts|apps|catalog|cli|config|constructs|contract|deployment|documentation|fast-paths|models|proof|readiness|stacks)(/|$)",
    pathNot: `^(${[from, ...allowed].join("|")})(/|$)`,
  },
});

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    only("contract", [], "names that both sides share depend on neither"),
    only("models", [], "models are pure: plain data in, figures out"),
    only("fast-paths", [], "a fast path knows cdktf and Node, and nothing of what is synthesised"),
    only("catalog", ["contract", "models"], "dated data borrows the types of models and the names of the contract"),
    only(
      "config",
      ["catalog", "models", "fast-paths/switches\\.ts"],
      "configuration is what is wanted, not how it is built",
    ),
    only("apps", ["config"], "an application is data"),
    only("constructs", ["config", "contract", "catalog", "models"], "constructs know nothing of stacks or judgement"),
    only(
      "stacks",
      ["apps", "config", "contract", "catalog", "constructs", "models"],
      "stacks do not know that they are judged",
    ),
    only(
      "documentation",
      ["config", "catalog", "deployment", "models", "readiness", "stacks"],
      "pages are written from the program, and nothing depends on them",
    ),
    only(
      "deployment",
      ["config", "catalog", "contract", "readiness"],
      "a deployment reads what was synthesised and what the account has; it builds nothing",
    ),
    only(
      "cli",
      ["config", "catalog", "contract", "deployment", "documentation", "readiness"],
      "the command line calls the other parts, and nothing depends on it",
    ),
    only(
      "readiness",
      ["config", "contract", "catalog", "models", "fast-paths", "constructs/(guarded|escape-hatch)\\.ts"],
      "policies judge what was synthesised, never the props",
    ),
    {
      name: "models-know-no-infrastructure",
      severity: "error",
      comment: "a model could be published on its own",
      from: { path: "^models/" },
      to: { path: "^node_modules/(cdktf|constructs|@cdktf)|^(fs|child_process|http|https)$" },
    },
    {
      name: "policies-know-no-constructs",
      severity: "error",
      comment: "a policy judges the Terraform JSON",
      from: { path: "^readiness/(policies|inventory|policy)/" },
      to: { path: "^(constructs|stacks)/|^node_modules/(cdktf|constructs|@cdktf)" },
    },
    {
      name: "no-circles",
      severity: "error",
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    exclude: { path: "^(dist|cdktf\\.out|__tests__)/" },
  },
};
