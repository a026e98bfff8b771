const { tmpdir } = require("node:os");
const { join } = require("node:path");

// cdktf's test apps leave folders in the temporary directory: they get one of their own, removed at the end.
process.env.TMPDIR = process.env.PLIMSOLL_TEST_TMPDIR ??= join(tmpdir(), `plimsoll-jest-${process.pid}`);

// The workers inherit it: they make and drop many inventories, and a larger nursery saves a tenth of their time.
process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ""} --max-semi-space-size=64`.trim();

/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  // Not in the temporary folder of the run, which is removed with it.
  cacheDirectory: "<rootDir>/.cache/jest",
  // jest leaves one core free by default: of two, that is half of the machine.
  maxWorkers: "100%",
  // The default of 5 s ends tests that start a process on a busy machine; one that hangs still ends.
  testTimeout: 60_000,
  roots: ["<rootDir>/__tests__"],
  testMatch: ["**/*.test.ts"],
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } },
    ],
    // jest loads no ES module without a flag of Node's: tests of functions read the deployed files themselves this way.
    "/constructs/.+\\.mjs$": ["@swc/jest", { jsc: { target: "es2022" }, module: { type: "commonjs" } }],
  },
  globalSetup: "<rootDir>/__tests__/temporary-folder.js",
  globalTeardown: "<rootDir>/__tests__/temporary-folder-removal.js",
  modulePathIgnorePatterns: ["<rootDir>/dist", "<rootDir>/cdktf.out", "<rootDir>/.cache"],
};
