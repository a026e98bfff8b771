import { createHash } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ConfigurationError } from "../../config/configuration-error";
import { formatImageLock, refreshImages, referenceOf } from "../../config/images/refresh";
import { type ImageLock, imageLockName, loadImageLock, parseImageLock } from "../../config/images/lock";
import { registryReader } from "../../config/images/registry";
import { fixtureEnvironment } from "../fixtures/platform/environments";
import { fixtureApplications } from "../fixtures/platform/platform";

const environment = fixtureEnvironment();
const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const entry = { digest: digest("a"), platforms: ["linux/amd64"] };
const hash = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;

const index = JSON.stringify({
  manifests: [
    { platform: { os: "linux", architecture: "arm64" } },
    { platform: { os: "linux", architecture: "amd64" } },
    { platform: { os: "unknown", architecture: "unknown" } },
  ],
});
const single = JSON.stringify({ schemaVersion: 2, config: {} });

/** A folder with one program that answers as a registry tool does. */
function toolFolder(program: string): string {
  const folder = mkdtempSync(join(tmpdir(), "tool-"));
  const answers = `case "$*" in
    *version*) exit 0 ;;
    *single*config*|*config*single*|*json*single*) printf '{"os":"linux","architecture":"amd64"}' ;;
    *single*) printf '%s' '${single}' ;;
    *nonsense*) printf 'hello' ;;
    *gone*) echo "pulling" >&2; echo "dial tcp: lookup registry.example: no such host" >&2; exit 1 ;;
    *) printf '%s' '${index}' ;;
  esac`;
  writeFileSync(join(folder, program), `#!/bin/sh\n${answers}\n`);
  chmodSync(join(folder, program), 0o755);
  return folder;
}

/** Only the folder's program and those that it needs to run. */
function withPath<Result>(folder: string, work: () => Result): Result {
  const before = process.env["PATH"];
  process.env["PATH"] = folder;
  try {
    return work();
  } finally {
    process.env["PATH"] = before;
  }
}

function applications(images: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "lock-"));
  const components = Object.fromEntries(images.map((image, position) => [`c${position}`, { image }]));
  writeFileSync(
    join(folder, "shop.js"),
    `exports.default = { [Symbol.for("plimsoll.application")]: true, literal: { components: ${JSON.stringify(components)}, jobs: { wrong: {} } } };`,
  );
  writeFileSync(join(folder, "other.js"), "exports.default = 1;");
  return folder;
}

function refresh(
  images: readonly string[],
  lock: ImageLock,
  program: string | undefined,
): { code: number; lines: string[]; lock: string } {
  const folder = applications(images);
  writeFileSync(join(folder, imageLockName), formatImageLock("n", lock));
  const lines: string[] = [];
  const empty = mkdtempSync(join(tmpdir(), "none-"));
  const code = withPath(program === undefined ? empty : toolFolder(program), () =>
    refreshImages({
      applications: folder,
      folder,
      environment,
      reader: registryReader,
      print: (line) => void lines.push(line),
    }),
  );
  return { code, lines, lock: readFileSync(join(folder, imageLockName), "utf8") };
}

describe("the lock of images", () => {
  it("keeps its form when a refresh changes nothing", () => {
    const { folder } = fixtureApplications;
    const text = readFileSync(join(folder, imageLockName), "utf8");
    expect(formatImageLock((JSON.parse(text) as { note: string }).note, loadImageLock(folder))).toBe(text);
  });

  it("names each thing wrong in it, with its value", () => {
    const messages = (content: string): string[] => {
      try {
        return Object.keys(parseImageLock(content));
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigurationError);
        return (error as Error).message.split("\n").map((line) => line.replace(/^\S+ {2}/, ""));
      }
    };
    expect(
      messages(
        JSON.stringify({
          images: { "a:1": { digest: "sha256:12", platforms: [] }, "b:1": { ...entry, exmple: true } },
        }),
      ),
    ).toEqual([
      'images.a:1.digest: found "sha256:12", allowed: "sha256:" and 64 hexadecimal digits, because images are deployed by digest, and a tag can be moved',
      'images.a:1.platforms: found [], allowed: at least one platform such as "linux/amd64", because nodes run images of their own platform only',
      'images.b:1: found "exmple", allowed: (did you mean example?) only these settings: digest, example, platforms, because a setting that nothing reads would be silently ignored',
    ]);
    expect(messages("{")[0]).toMatch(
      /^found ".*JSON.*", allowed: JSON, as `make images` writes it, because the digests of all images are read from it$/,
    );
  });

  it("is located by line", () => {
    const violation = {
      file: "apps/images.lock.json",
      path: "images.storefront:1.0.0.digest",
      found: 1,
      allowed: "a",
      because: "b",
    };
    const [line = ""] = new ConfigurationError([violation], dirname(fixtureApplications.folder)).message.split("  ");
    const lines = readFileSync(join(fixtureApplications.folder, imageLockName), "utf8").split("\n");
    expect(lines[Number(line.split(":")[1]) - 1]).toContain('"digest"');
  });
});

describe("refreshing the lock", () => {
  it.each(["crane", "skopeo", "docker"])(
    "enters digest and platforms as %s reads them, and takes the mark of an example away",
    (program) => {
      const { code, lines, lock } = refresh(
        ["shop:1.0.0", "single:1"],
        { "old:1": entry, "shop:1.0.0": { ...entry, example: true } },
        program,
      );
      expect(lines).toEqual([
        `shop:1.0.0: changed, ${hash(index)}, linux/amd64 linux/arm64`,
        `single:1: new, ${hash(single)}, linux/amd64`,
        "old:1: kept, no application names it",
        "2 of 2 images read",
      ]);
      expect(code).toBe(0);
      expect(JSON.parse(lock)).toEqual({
        note: "n",
        images: {
          "old:1": entry,
          "shop:1.0.0": { digest: hash(index), platforms: ["linux/amd64", "linux/arm64"] },
          "single:1": { digest: hash(single), platforms: ["linux/amd64"] },
        },
      });
    },
  );

  it("without a network: says so of each image, keeps what it has, enters nothing", () => {
    const { code, lines, lock } = refresh(["gone:1", "gone:2", "nonsense:1"], { "gone:1": entry }, "skopeo");
    expect([code, lines]).toEqual([
      1,
      [
        "gone:1: skopeo says: dial tcp: lookup registry.example: no such host; kept as it was",
        "gone:2: skopeo says: dial tcp: lookup registry.example: no such host; not entered",
        "nonsense:1: the registry's answer is no manifest; not entered",
        "0 of 3 images read",
      ],
    ]);
    expect(JSON.parse(lock)).toEqual({ note: "n", images: { "gone:1": entry } });
  });

  it("without a tool: one line that names those that would do, nothing written", () => {
    const { code, lines } = refresh(["shop:1.0.0"], {}, undefined);
    expect([code, lines.length]).toEqual([1, 1]);
    expect(lines[0]).toMatch(
      /^none of crane, skopeo and docker buildx is installed: install one .*; nothing was written$/,
    );
  });

  it("asks the platform's own registry for what names none", () => {
    expect(referenceOf("shop:1.0.0", environment)).toBe("210987654321.dkr.ecr.us-east-1.amazonaws.com/acme/shop:1.0.0");
    expect(referenceOf("team/shop:1", environment)).toBe(
      "210987654321.dkr.ecr.us-east-1.amazonaws.com/acme/team/shop:1",
    );
    expect(referenceOf("ghcr.io/example/shop:1", environment)).toBe("ghcr.io/example/shop:1");
  });
});
