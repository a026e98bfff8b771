import { stringify } from "yaml";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * A stack as a reviewer reads it: resources by type and construct path, text that holds JSON opened up, without cdktf's
 * metadata, hashes, default tags and the plumbing of remote states.
 */
export function normalised(terraform: object): string {
  const { data, output, provider, resource, terraform: settings } = terraform as Record<string, Json>;
  const dataSources = Object.fromEntries(
    Object.entries((data ?? {}) as Record<string, Json>).filter(([type]) => type !== "terraform_remote_state"),
  );
  return stringify(
    tidy({
      terraform: settings ?? {},
      provider: provider ?? {},
      data: dataSources,
      resource: resource ?? {},
      outputs: Object.keys(output ?? {}).length,
    }),
    { lineWidth: 0, aliasDuplicateObjects: false, sortMapEntries: true },
  );
}

/** Lines of `text` that its sibling of the other region does not have, once the names of the regions are the same. */
export function beyondSibling(text: string, region: string, sibling: string, siblingRegion: string): string {
  const known = new Map<string, number>();
  for (const line of sibling.replaceAll(siblingRegion, region).split("\n")) known.set(line, (known.get(line) ?? 0) + 1);
  return text
    .split("\n")
    .filter((line) => {
      const left = known.get(line) ?? 0;
      known.set(line, left - 1);
      return left <= 0;
    })
    .join("\n");
}

function tidy(value: Json): Json {
  if (typeof value === "string") return opened(value);
  if (Array.isArray(value)) return value.map(tidy);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "//" && key !== "default_tags")
      .map(([key, inner]) => [withoutHash(key), tidy(inner)]),
  );
}

function opened(text: string): Json {
  if (/^[{[]/.test(text)) {
    try {
      return tidy(JSON.parse(text) as Json);
    } catch {
      return withoutHash(text);
    }
  }
  if (text.length > 200 && /^[A-Za-z0-9+/=]+$/.test(text)) return Buffer.from(text, "base64").toString("utf8");
  return withoutHash(text);
}

/** cdktf ends names with eight hexadecimal digits of the path, assets with the hash of their content. */
const withoutHash = (text: string): string =>
  text
    .replace(/_[0-9A-F]{8}(?![0-9A-Za-z])/g, "")
    .replace(/_[0-9A-F]{8}(?=[a-z_])/g, "_")
    .replace(/\/[0-9A-F]{32}/g, "/…");
