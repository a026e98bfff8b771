import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { projectRoot } from "../config/project";
import { pages } from "./pages";

for (const { file, content } of pages(projectRoot)) {
  mkdirSync(dirname(join(projectRoot, file)), { recursive: true });
  writeFileSync(join(projectRoot, file), content);
  console.log(`wrote ${file}`);
}
