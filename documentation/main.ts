// `node dist/documentation/main.js [--check]`: writes every generated page, or names those that are stale.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { projectRoot } from "../config/project";
import { pages } from "./pages";

const check = process.argv.includes("--check");
for (const { file, content } of pages(projectRoot)) {
  const path = join(projectRoot, file);
  if (existsSync(path) && readFileSync(path, "utf8") === content) continue;
  if (check) {
    console.error(`${file} is stale: run make docs`);
    process.exitCode = 1;
    continue;
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  console.log(`wrote ${file}`);
}
