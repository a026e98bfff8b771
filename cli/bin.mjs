#!/usr/bin/env node
// `npx plimsoll`: compiles the project when a source file has changed, then runs dist/cli/main.js in this process.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`plimsoll needs Node 20.19 or newer, found ${process.versions.node}: install a supported version`);
  process.exit(1);
}
if (!existsSync(join(root, "node_modules", "commander"))) {
  console.error("The packages of this project are not installed: run `npm ci` in the project folder, then try again");
  process.exit(1);
}
const words = process.argv.slice(2);
process.argv.length = 2; // build.mjs reads its own arguments from here.
await import("../build.mjs");
process.argv.push(...words);
createRequire(import.meta.url)(join(root, "dist", "cli", "main.js"));
