import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { below } from "../../policy/comparison";
import { change, type JsonObject, resource } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { pass } from "../../policy/verdict";

/** Kubernetes refuses a Secret above 1 MiB; a release is stored as base64 of gzip of its chart, values and manifest. */
const secretLimitBytes = 1_048_576;

const base64Length = (bytes: number): number => Math.ceil(bytes / 3) * 4;

export default policy({
  id: "SU-10",
  severity: "warning",
  proves: [],
  beyond: "a release that Helm cannot store fails half-way through its installation",
  title: "A release of local manifests fits its 1 MiB Helm secret",
  because: "Helm writes the release into one Secret, and the API server refuses more than 1 MiB",
  remedy: "split the manifests into two releases",
  subjects: (platform) => platform.releases.filter((release) => release.local),
  check: (release) => {
    // The manifests stand in the secret twice: as values and as what was rendered from them.
    const text = JSON.stringify(release.values).repeat(2);
    const uncompressed = base64Length(Buffer.byteLength(text));
    if (uncompressed < secretLimitBytes)
      return pass(`${uncompressed} bytes of the release secret before it is compressed`);
    return below(secretLimitBytes, base64Length(gzipSync(text).length), "bytes of the release secret");
  },
  mutants: [change("nine hundred kilobytes", oneRelease(), noise(900_000))],
  boundary: {
    holds: change("four hundred kilobytes", oneRelease(), noise(400_000)),
    breaks: change("six hundred kilobytes", oneRelease(), noise(600_000)),
  },
});

function oneRelease() {
  return resource(
    "helm_release",
    (block, id, stack) =>
      String(block["chart"]).startsWith("./") && id.startsWith("monitors") && stack === "storefront-us-east-1",
  );
}

/** Text that does not compress, the same every time. */
function noise(bytes: number) {
  return (block: JsonObject): void => {
    const digests = Array.from({ length: Math.ceil(bytes / 44) }, (_, index) =>
      createHash("sha256").update(String(index)).digest("base64"),
    );
    const [values] = block["values"] as [string];
    block["values"] = [JSON.stringify({ ...(JSON.parse(values) as object), noise: digests.join("").slice(0, bytes) })];
  };
}
