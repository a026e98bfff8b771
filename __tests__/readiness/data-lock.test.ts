import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  dataIn,
  dataLockName,
  dataLockText,
  lostData,
  consentedLock,
  mistypedLosses,
  readDataLock,
  recorded,
} from "../../readiness/figures/data/data-lock";
import type { JsonObject } from "../../readiness/inventory/json";
import { fixtureEnvironment } from "../fixtures/platform/environments";

const environment = fixtureEnvironment("production");
const stack = (resource: JsonObject, more: JsonObject = {}) => [
  { name: "data-eu-west-1", terraform: { resource, ...more } },
];
const bucket = (name: string, rest: JsonObject = {}) => ({ bucket: name, force_destroy: false, ...rest });
const deployed = stack({ aws_s3_bucket: { backups: bucket("one") }, aws_iam_role: { role: { name: "role" } } });
const lock = { accountId: environment.accountId, resources: dataIn(deployed) };
const address = "data-eu-west-1/aws_s3_bucket.backups";
const lose = (until: string) => ({ ...environment, agreedLosses: [{ address, reason: "no longer used", until }] });

describe("the lock of what holds data", () => {
  it("records what cannot be made again, with the arguments that replace it", () => {
    expect(lock.resources).toEqual({ [address]: { bucket: ["one"] } });
  });

  it.each([
    ["nothing, of the same stacks", deployed, []],
    ["nothing, of a change in place", stack({ aws_s3_bucket: { backups: bucket("one", { tags: { a: "b" } }) } }), []],
    ["nothing, of a further resource", stack({ aws_s3_bucket: { backups: bucket("one"), more: bucket("two") } }), []],
    [
      "nothing, of a moved block",
      stack(
        { aws_s3_bucket: { copies: bucket("one") } },
        { moved: [{ from: "aws_s3_bucket.backups", to: "aws_s3_bucket.copies" }] },
      ),
      [],
    ],
    ["a resource that is gone", stack({}), ["removed"]],
    ["another address", stack({ aws_s3_bucket: { copies: bucket("one") } }), ["removed"]],
    ["another name", stack({ aws_s3_bucket: { backups: bucket("two") } }), ["replaced (bucket)"]],
    ["a stack that is gone", [], ["removed"]],
  ])("finds %s", (_, stacks, expected) => {
    expect(lostData(lock, stacks).map(({ becomes }) => becomes)).toEqual(expected);
  });

  const set = (name: string, rest: JsonObject = {}) => ({
    kubernetes_stateful_set_v1: {
      server: { metadata: { name, namespace: "shop" }, spec: { replicas: "3", ...rest } },
    },
  });
  const claims = { volume_claim_template: [{ metadata: { name: "data" } }] };
  const claim = (name: string) => ({
    kubernetes_persistent_volume_claim_v1: { traces: { metadata: { name, namespace: "monitoring" } } },
  });

  it.each([
    ["nothing, of more replicas", set("server", claims), set("server", { ...claims, replicas: "5" }), []],
    ["nothing, of a set without claims", set("server"), set("other"), []],
    ["volumes whose set has another name", set("server", claims), set("other", claims), ["replaced (metadata.name)"]],
    ["volumes whose set is gone", set("server", claims), {}, ["removed"]],
    ["a claim of another name", claim("traces"), claim("spans"), ["replaced (metadata.name)"]],
    ["a claim that is gone", claim("traces"), {}, ["removed"]],
  ])("finds %s", (_, before, after, expected) => {
    const kept = { accountId: environment.accountId, resources: dataIn(stack(before)) };
    expect(lostData(kept, stack(after)).map(({ becomes }) => becomes)).toEqual(expected);
  });

  it("is recorded at first, takes in what is new, and drops nothing without consent", () => {
    const now = "2026-11-21T00:00:00Z";
    expect(recorded(undefined, deployed, environment, now)).toMatchObject({ lock, added: [address], dropped: [] });
    expect(recorded(lock, [], environment, now)).toMatchObject({ refused: [{ subject: address }] });
    expect(recorded(lock, [], lose("2026-11-20"), now)).toMatchObject({ refused: [{ subject: address }] });
    expect(recorded(lock, [], lose("2026-11-21"), now)).toMatchObject({ added: [], dropped: [address] });
  });

  it("is begun anew in another account, where nothing of it exists", () => {
    const other = { ...environment, accountId: "555566667777" };
    expect(recorded(lock, [], other, "2026-11-21")).toMatchObject({
      lock: { accountId: "555566667777", resources: {} },
    });
  });

  it("is read as it was written, and rejects what make data-lock did not write", () => {
    const root = mkdtempSync(join(tmpdir(), "lock-"));
    const file = join(root, dataLockName("production"));
    expect(readDataLock(root, "production")).toBeUndefined();
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, dataLockText(lock));
    expect(readDataLock(root, "production")).toEqual(lock);
    const wrong = (text: string): string[] => {
      writeFileSync(file, text);
      try {
        readDataLock(root, "production");
      } catch (error) {
        return String((error as Error).message).split("\n");
      }
      return [];
    };
    const place = "config/environments/production.data.lock.json";
    const because = "because what holds data is compared with it before each deployment";
    const written = "as `make data-lock` writes it; take the committed file back, or write it anew";
    expect(wrong("{}")).toEqual([
      `${place}:1  accountId: found nothing, allowed: the 12 digits of an AWS account, in quotes, ${written}, ${because}`,
      `${place}:1  resources: found nothing, allowed: an object: { name: value, ... }, ${written}, ${because}`,
    ]);
    expect(wrong(dataLockText(lock).replace("aws_s3_bucket.", "aws_s3_bucket,"))).toEqual([
      `${place}:4  resources.data-eu-west-1/aws_s3_bucket,backups: found "data-eu-west-1/aws_s3_bucket,backups", allowed: <stack>/<type>.<name>, ${written}, ${because}`,
    ]);
    expect(wrong(dataLockText({ ...lock, accountId: "1" }))).toEqual([
      `${place}:2  accountId: found "1", allowed: the 12 digits of an AWS account, in quotes, ${written}, ${because}`,
    ]);
    expect(wrong(dataLockText(lock).replace('["one"]', '"one"'))).toEqual([
      `${place}:4  resources.${address}: found {"bucket":"one"}, allowed: lists of texts by the path of an argument (write {"bucket":["one"]}: a list is wanted, also of one), ${written}, ${because}`,
    ]);
    expect(wrong("<<<<<<<")).toEqual([expect.stringContaining(`${place}:1  found "Unexpected token`)]);
  });

  it("is what consents are compared with: one for a name that is almost recorded is a mistake", () => {
    const consent = (address: string) => ({
      ...environment,
      agreedLosses: [{ address, reason: "no longer used", until: "2026-12-31" }],
    });
    expect(mistypedLosses(lock, consent(address))).toEqual([]);
    expect(mistypedLosses(undefined, consent("data-eu-west-1/aws_s3_bucket.backup"))).toEqual([]);
    expect(mistypedLosses(lock, consent("edge/aws_s3_bucket.logs"))).toEqual([]);
    expect(mistypedLosses(lock, consent("data-eu-west-1/aws_s3_bucket.backup"))).toEqual([
      expect.objectContaining({
        file: "config/environments/production.ts",
        path: "agreedLosses.0.address",
        allowed: expect.stringContaining(`did you mean ${address}?`) as string,
      }),
    ]);
    const root = mkdtempSync(join(tmpdir(), "lock-"));
    mkdirSync(dirname(join(root, dataLockName("production"))), { recursive: true });
    writeFileSync(join(root, dataLockName("production")), dataLockText(lock));
    expect(consentedLock(root, consent(address))).toEqual(lock);
    expect(() => consentedLock(root, consent("data-eu-west-1/aws_s3_bucket.backup"))).toThrow(
      `did you mean ${address}?`,
    );
  });
});
