import type { Emulator } from "../../emulated-aws/emulators";
import { bucketOf, SIGNED } from "../velero";

export interface StoredObject {
  readonly key: string;
  readonly modified: number;
}

/** Objects in the XML answer of S3's ListObjectsV2, and where the next page begins. */
export function listedObjects(xml: string): { readonly objects: readonly StoredObject[]; readonly next?: string } {
  const field = (text: string, name: string): string | undefined =>
    new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
  const objects = [...xml.matchAll(/<Contents>.*?<\/Contents>/gs)].map(([text]) => ({
    key: unescaped(field(text, "Key") ?? ""),
    modified: Date.parse(field(text, "LastModified") ?? ""),
  }));
  const next = field(xml, "NextContinuationToken");
  return { objects, ...(next === undefined ? {} : { next }) };
}

const unescaped = (text: string): string =>
  text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&");

export async function objectsBelow(
  { url }: Emulator,
  region: string,
  prefix: string,
): Promise<readonly StoredObject[]> {
  const all: StoredObject[] = [];
  for (let token: string | undefined = ""; token !== undefined;) {
    const query = new URLSearchParams({
      "list-type": "2",
      prefix,
      ...(token === "" ? {} : { "continuation-token": token }),
    });
    const answer: Response = await fetch(`${url}/${bucketOf(region)}?${query.toString()}`, {
      headers: { authorization: SIGNED },
    });
    if (!answer.ok) throw new Error(`${bucketOf(region)} is not listed: ${answer.status}`);
    const page = listedObjects(await answer.text());
    all.push(...page.objects);
    token = page.next;
  }
  return all;
}

/**
 * What a lifecycle rule that expires current objects does: each object below the prefix goes by its own age, whatever still
 * rests on it. @returns how many went and how many stay
 */
export async function expireOlderThan(
  emulator: Emulator,
  region: string,
  prefix: string,
  time: number,
): Promise<{ readonly gone: number; readonly left: number }> {
  const objects = await objectsBelow(emulator, region, prefix);
  const old = objects.filter(({ modified }) => modified < time);
  for (const { key } of old) {
    const path = key.split("/").map(encodeURIComponent).join("/");
    const answer = await fetch(`${emulator.url}/${bucketOf(region)}/${path}`, {
      method: "DELETE",
      headers: { authorization: SIGNED },
    });
    if (!answer.ok) throw new Error(`${key} is not deleted: ${answer.status}`);
  }
  return { gone: old.length, left: objects.length - old.length };
}
