import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** The project's folder, found from here upwards: this file is run from `proof/` (jest) and from `dist/proof/`. */
export function projectRoot(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder);
    if (parent === folder)
      throw new Error(`no package.json above ${__dirname}: the proof runs inside the project's folder`);
    folder = parent;
  }
  return folder;
}

/** Where engines are kept between runs. @default .cache in the project - `PLIMSOLL_CACHE` names another folder */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return resolve(projectRoot(), environment["PLIMSOLL_CACHE"] || ".cache");
}
