import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { onPath, ToolMissing } from "../engine-builds/obtain";
import type { RunFolder } from "../run/run-folder";
import type { LoopbackCertificate } from "../promotion/standby-stores";

/** A certificate for the names, signed by itself. @throws ToolMissing, Error with openssl's own words */
export function loopbackCertificate(run: RunFolder, names: readonly string[]): LoopbackCertificate {
  const openssl = onPath("openssl");
  if (openssl === undefined)
    throw new ToolMissing("openssl", "stores are reached by TLS", "install it, on Debian: apt-get install openssl");
  const [certificate, key] = [join(run.path, "stores.crt"), join(run.path, "stores.key")];
  const { status, stderr } = spawnSync(
    openssl,
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"],
      ...[
        "-subj",
        "/CN=stores of the proof",
        "-addext",
        `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}`,
      ],
      ...["-keyout", key, "-out", certificate],
    ],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`openssl req ended with ${String(status)}: ${stderr}`);
  return { certificate, key, authority: readFileSync(certificate, "utf8") };
}
