import fc from "fast-check";
import { loadFunction } from "./deployed-function";

interface Version {
  value?: string;
  stages: string[];
  created: Date;
}
interface Copy {
  Region: string;
  Status: string;
  StatusMessage?: string;
}
interface World {
  describe(id: string): Promise<unknown>;
  value(id: string, version: string, stage: string): Promise<string | undefined>;
  random(form: RandomForm): Promise<string>;
  put(id: string, token: string, value: string, rotationToken?: string): Promise<void>;
  promote(id: string, version: string, current?: string): Promise<void>;
  list(prefix: string): Promise<unknown[]>;
  versions(id: string): Promise<{ VersionStages: string[]; CreatedDate: Date }[]>;
  tell(subject: string, message: string): Promise<void>;
}
interface RandomForm {
  PasswordLength: number;
  IncludeSpace: boolean;
  ExcludePunctuation?: boolean;
  ExcludeUppercase?: boolean;
  ExcludeCharacters?: string;
  RequireEachIncludedType: boolean;
}
interface RotationFunction {
  rotate(
    event: { Step: string; SecretId: string; ClientRequestToken: string; RotationToken?: string },
    world: World,
  ): Promise<void>;
  review(prefix: string, now: number, world: World): Promise<string[]>;
}

const rotation = loadFunction<RotationFunction>("secret-rotation/index.mjs");

const today = new Date("2026-11-21T12:00:00Z");
const daysAgo = (days: number): Date => new Date(today.getTime() - days * 86_400_000);

/** Secrets Manager as far as the function sees it: labels move as the service moves them. */
class Manager {
  readonly calls: string[] = [];
  readonly told: string[] = [];

  constructor(
    readonly tags: Record<string, string>,
    readonly versions: Record<string, Version> = {},
    readonly enabled = true,
    readonly spoil: (value: string) => string = (value) => value,
    readonly copies: readonly Copy[] = [{ Region: "eu-west-1", Status: "InSync" }],
  ) {}

  readonly world: World = {
    describe: async () => ({
      Name: "plimsoll/test/orders/API_KEY",
      RotationEnabled: this.enabled,
      Tags: this.tagList(),
      ReplicationStatus: this.copies,
      VersionIdsToStages: Object.fromEntries(Object.entries(this.versions).map(([id, { stages }]) => [id, stages])),
    }),
    value: async (_, version, stage) =>
      this.versions[version]?.stages.includes(stage) ? this.versions[version]?.value : undefined,
    random: async (form) => this.spoil(generated(form)),
    put: async (_, token, value, rotationToken) => {
      this.calls.push(`put ${rotationToken ?? "without a token"}`);
      this.versions[token] = { value, stages: ["AWSPENDING"], created: today };
    },
    promote: async (_, version, current) => {
      this.calls.push(`promote from ${current ?? "nothing"}`);
      const moved = this.versions[version];
      if (!moved) throw new Error("ResourceNotFoundException");
      if (current !== undefined)
        this.versions[current] = { ...this.versions[current], created: today, stages: ["AWSPREVIOUS"] };
      moved.stages.push("AWSCURRENT");
    },
    list: async (prefix) => [{ ARN: "arn", Name: `${prefix}orders/API_KEY`, Tags: this.tagList() }],
    versions: async () =>
      Object.values(this.versions).map(({ stages, created }) => ({ VersionStages: stages, CreatedDate: created })),
    tell: async (subject, message) => {
      this.told.push(`${subject}: ${message}`);
    },
  };

  async rotate(token: string, steps = ["createSecret", "setSecret", "testSecret", "finishSecret"]): Promise<void> {
    for (const Step of steps) await rotation.rotate({ Step, SecretId: "arn", ClientRequestToken: token }, this.world);
  }

  get current(): string | undefined {
    return Object.values(this.versions).find(({ stages }) => stages.includes("AWSCURRENT"))?.value;
  }

  private tagList() {
    return Object.entries(this.tags).map(([Key, Value]) => ({ Key, Value }));
  }
}

/** What GetRandomPassword may answer: each character that the request leaves in, the punctuation too. */
function generated(form: RandomForm): string {
  const kinds = [
    "abcdefghijklmnopqrstuvwxyz",
    form.ExcludeUppercase ? "" : "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "0123456789",
    form.ExcludePunctuation ? "" : '!"#$%/@',
    form.IncludeSpace ? " " : "",
  ];
  const alphabet = [...kinds.join("")].filter((character) => !(form.ExcludeCharacters ?? "").includes(character));
  return Array.from({ length: form.PasswordLength }, (_, index) => alphabet[(index * 7) % alphabet.length]).join("");
}

const tags = (length: number, characters: string) => ({
  "secret-origin": "generated",
  "rotation-days": "90",
  "secret-length": String(length),
  "secret-characters": characters,
});

describe("a rotation", () => {
  test("makes the first value of a secret that has none, in the declared form", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 8, max: 4096 }),
        fc.constantFrom("letters-and-digits", "hexadecimal"),
        async (length, characters) => {
          const manager = new Manager(tags(length, characters));
          await manager.rotate("v1");
          expect(manager.current).toMatch(characters === "hexadecimal" ? /^[0-9a-f]+$/ : /^[A-Za-z0-9]+$/);
          expect(manager.current).toHaveLength(length);
          expect(manager.calls).toEqual(["put without a token", "promote from nothing"]);
        },
      ),
      { numRuns: 40 },
    );
  });

  test("replaces a value, and the one before stays readable", async () => {
    const manager = new Manager(tags(32, "hexadecimal"), {
      v1: { value: "old", stages: ["AWSCURRENT"], created: daysAgo(90) },
    });
    await manager.rotate("v2");
    expect(manager.current).toHaveLength(32);
    expect(manager.versions["v1"]?.stages).toEqual(["AWSPREVIOUS"]);
    expect(manager.calls).toEqual(["put without a token", "promote from v1"]);
  });

  test("repeats no step that is done", async () => {
    const manager = new Manager(tags(16, "letters-and-digits"));
    await manager.rotate("v1", [
      "createSecret",
      "createSecret",
      "testSecret",
      "testSecret",
      "finishSecret",
      "finishSecret",
      "createSecret",
    ]);
    expect(manager.calls).toEqual(["put without a token", "promote from nothing"]);
  });

  test("hands on the token of a caller that acts for another account", async () => {
    const manager = new Manager(tags(16, "letters-and-digits"));
    await rotation.rotate(
      { Step: "createSecret", SecretId: "arn", ClientRequestToken: "v1", RotationToken: "t" },
      manager.world,
    );
    expect(manager.calls).toEqual(["put t"]);
  });

  test.each([
    ["shorter", (value: string) => value.slice(1)],
    ["longer", (value: string) => `${value}a`],
    ["of other characters", (value: string) => `${value.slice(1)}!`],
    ["empty", () => ""],
  ])("refuses a value that is %s, and the old one stays", async (_, spoil) => {
    const manager = new Manager(
      tags(16, "letters-and-digits"),
      { v1: { value: "old", stages: ["AWSCURRENT"], created: daysAgo(90) } },
      true,
      spoil,
    );
    await expect(manager.rotate("v2")).rejects.toThrow(
      "The new value of plimsoll/test/orders/API_KEY has not the declared form",
    );
    expect(manager.current).toBe("old");
  });

  test("refuses what is not its to write, and says what it needs, without a value", async () => {
    const unset = new Manager(tags(16, "hexadecimal"), {}, false);
    await expect(unset.rotate("v1")).rejects.toThrow("plimsoll/test/orders/API_KEY is not set up for rotation");
    for (const wrong of [
      {},
      tags(7, "hexadecimal"),
      tags(16, "emoji"),
      { "secret-length": "x", "secret-characters": "hexadecimal" },
    ])
      await expect(new Manager(wrong).rotate("v1")).rejects.toThrow(
        "declares no form: its tags need secret-length (8 or more) and secret-characters (letters-and-digits or hexadecimal)",
      );
    await expect(new Manager(tags(16, "hexadecimal")).rotate("v1", ["deleteSecret"])).rejects.toThrow(
      "deleteSecret is no step of a rotation",
    );
    await expect(new Manager(tags(16, "hexadecimal")).rotate("v1", ["testSecret"])).rejects.toThrow(
      "has not the declared form",
    );
  });
});

describe("the daily review", () => {
  const current = (days: number): Record<string, Version> => ({
    v1: { value: "s3cret", stages: ["AWSCURRENT"], created: daysAgo(days) },
  });
  const review = async (declared: Record<string, string>, versions: Record<string, Version>) => {
    const manager = new Manager(declared, versions);
    const lines = await rotation.review("plimsoll/test/", today.getTime(), manager.world);
    expect(JSON.stringify(manager.told)).not.toContain("s3cret");
    return { lines, told: manager.told };
  };
  const entered = { "secret-origin": "entered", "rotation-days": "30" };

  test("tells of a value that nobody has entered yet", async () => {
    const { lines, told } = await review(entered, {});
    expect(lines).toEqual(["plimsoll/test/orders/API_KEY (entered) has no value yet"]);
    expect(told).toEqual([
      "1 secrets to enter, replace or replicate below plimsoll/test/: plimsoll/test/orders/API_KEY (entered) has no value yet",
    ]);
  });

  test("tells of a value the day after it was due, and not on the day itself", async () => {
    expect(await review(entered, current(30))).toEqual({ lines: [], told: [] });
    expect((await review(entered, current(31))).lines).toEqual([
      "plimsoll/test/orders/API_KEY (entered) is 31 days old, to be replaced every 30 days",
    ]);
  });

  test("is silent about values that are kept", async () => {
    expect(await review({ "secret-origin": "permanent" }, current(4000))).toEqual({ lines: [], told: [] });
  });

  test("takes only the current version's age", async () => {
    const { lines } = await review(entered, {
      ...current(1),
      v0: { value: "s3cret", stages: ["AWSPREVIOUS"], created: daysAgo(400) },
    });
    expect(lines).toEqual([]);
  });

  const copied = async (days: number, copy: Copy) =>
    rotation.review(
      "plimsoll/test/",
      today.getTime(),
      new Manager({ "secret-origin": "permanent" }, current(days), true, (value) => value, [copy]).world,
    );

  test("tells of a value that did not reach the other region", async () => {
    const StatusMessage = "The KMS key is disabled";
    expect(await copied(0, { Region: "eu-west-1", Status: "Failed", StatusMessage })).toEqual([
      "plimsoll/test/orders/API_KEY is not replicated to eu-west-1 (Failed): The KMS key is disabled",
    ]);
  });

  test("gives a replication an hour, and not a day", async () => {
    expect(await copied(0, { Region: "eu-west-1", Status: "InProgress" })).toEqual([]);
    expect(await copied(1, { Region: "eu-west-1", Status: "InProgress" })).toEqual([
      "plimsoll/test/orders/API_KEY is not replicated to eu-west-1 (InProgress): no reason given",
    ]);
  });
});
