import { credentialIn, masked } from "../../catalog/credential-forms";
import { ConfigurationError } from "../../config/configuration-error";

/** Made up, and put together here: scanners of repositories look for the whole. */
const credentials: readonly (readonly [string, string, string])[] = [
  ["Stripe", `sk_${"live"}_51HxAbCdEfGhIjKlMnOpQrStUvWxYz0123`, "sk_live_… (42 characters)"],
  ["GitHub", `ghp_${"a1B2c3D4e5F6".repeat(3)}`, "ghp_… (40 characters)"],
  ["AWS", `AKIA${"ABCDEFGH".repeat(2)}`, "AKIA… (20 characters)"],
  ["Slack", `xoxb-${"1234567890".repeat(2)}`, "xoxb-… (25 characters)"],
  ["GitLab", `glpat-${"a1B2c3D4e5".repeat(2)}`, "glpat-… (26 characters)"],
  ["Google", `AIza${"a1B2c3D".repeat(5)}`, "AIza… (39 characters)"],
];

describe("a credential", () => {
  it.each(credentials)("of %s is told apart by its form, and masked", (issuer, credential, shown) => {
    expect(credentialIn(`key ${credential}`)).toBe(`a credential of ${issuer}, ${shown}`);
    expect(masked(`found "${credential}", allowed: ${credential}`)).toBe(`found "${shown}", allowed: ${shown}`);
  });

  it("is masked in JSON after a line feed, and where a message has cut it", () => {
    const [, [, credential] = ["", "", ""]] = credentials;
    expect(masked(JSON.stringify(`a\n${credential}`))).toBe('"a\\nghp_… (40 characters)"');
    expect(masked(`${credential.slice(0, 20)}…`)).toBe("ghp_… (20 characters)…");
  });

  it("in a connection or a private key is masked", () => {
    expect(masked("postgres://app:s3cret@db:5432/app")).toBe("postgres://app:…@db:5432/app");
    expect(credentialIn("postgres://app:s3cret@db")).toBe("a connection with its password, postgres://app:…@");
    const key = `-----BEGIN ${"PRIVATE"} KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nabc`;
    expect(masked(key)).toBe(`-----BEGIN ${"PRIVATE"} KEY-----…\nabc`);
    expect(masked(JSON.stringify(key))).toBe(`"-----BEGIN ${"PRIVATE"} KEY-----…"`);
  });

  it.each([
    "npm_config_cache=/tmp",
    "postgres://${user}:${password}@db",
    "rediss://queue:6379",
    "sk_live_",
    "ghp_short",
    "XAKIAABCDEFGHIJKLMNOP",
    "SG.ingress",
  ])("is not seen in %s", (text) => {
    expect(credentialIn(text)).toBeUndefined();
    expect(masked(text)).toBe(text);
  });

  it("is not printed by the message that refuses it, nor by one that quotes it as allowed", () => {
    const [[, credential] = ["", ""]] = credentials;
    const { message } = new ConfigurationError([
      {
        file: "apps/shop.ts",
        line: 7,
        path: `components.api.settings.${credential}`,
        found: credential,
        allowed: `a key of this part's secrets: ${credential}`,
        because: "the pod would never start",
      },
    ]);
    expect(message).not.toContain(credential.slice(0, 12));
    expect(message).toContain('found "sk_live_… (42 characters)"');
  });
});
