import { gzipSync } from "node:zlib";
import { below } from "../../policy/comparison";
import { change, type JsonObject, type JsonValue, resource } from "../../policy/mutation";
import { policy } from "../../policy/policy";

/** Kubernetes refuses a Secret above 1 MiB; a release is stored as base64 of gzip of its chart, values and manifest. */
const secretLimitBytes = 1_048_576;

export default policy({
  id: "SU-10", severity: "warning", proves: [], beyond: "a release that Helm cannot store fails half-way through its installation",
  title: "A release of our own manifests fits into its Helm secret",
  because: "Helm writes the release into one Secret, and the API server refuses more than 1 MiB",
  remedy: "split the manifests into two releases",
  subjects: (platform) => platform.releases.filter((release) => release.local),
  check: (release) => {
    const text = JSON.stringify(release.values);
    // The manifests stand in the secret twice: as values and as what was rendered from them.
    const stored = gzipSync(Buffer.from(text + text)).toString("base64").length;
    return below(secretLimitBytes, stored, "bytes of the release secret");
  },
  mutants: [change("a megabyte of noise", ourReleases(), noise(2_000_000))],
  boundary: {
    holds: change("half a megabyte", ourReleases(), noise(400_000)),
    breaks: change("two megabytes", ourReleases(), noise(1_600_000)),
  },
});

function ourReleases() {
  return resource("helm_release", (block, id) => String(block["chart"]).startsWith("./") && id.startsWith("monitors"));
}

/** Text that does not compress: digits of a fixed sequence, so that the size is the same every time. */
function noise(bytes: number) {
  return (block: JsonObject): void => {
    let state = 1;
    const text = Array.from({ length: bytes }, () => String.fromCharCode(33 + (state = (state * 48_271) % 2_147_483_647) % 90).replace(/["\\]/, "x")).join("");
    block["values"] = [JSON.stringify({ ...(JSON.parse(String((block["values"] as JsonValue[])[0])) as object), noise: text })];
  };
}
