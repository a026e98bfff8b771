import { holdsSecret } from "../../readiness/policy-terms/delivered-secrets";

const holds = (template: string, key: string): boolean =>
  holdsSecret({ kind: "file", name: "server.yaml", template, fetched: ["API_KEY", "REDIS_URL"] }, key);

describe("a rendered template", () => {
  it.each([
    ["the value alone", "{{ .API_KEY }}", "API_KEY"],
    ["the value among other text", 'check: on\nkey: "{{ .API_KEY }}"', "API_KEY"],
    ["a part of the value", "{{ (urlParse .REDIS_URL).hostname }}", "REDIS_URL"],
    ["the value through a function", "{{ .API_KEY | b64enc }}", "API_KEY"],
  ])("holds a secret as %s", (_what, template, key) => expect(holds(template, key)).toBe(true));

  it.each([
    ["it only names the key as text", "key: .API_KEY", "API_KEY"],
    ["the key only begins alike", "{{ .API_KEYS }}", "API_KEY"],
    ["it is a field of another value", "{{ (urlParse .REDIS_URL).API_KEY }}", "API_KEY"],
    ["it is not fetched", "{{ .GITHUB_TOKEN }}", "GITHUB_TOKEN"],
  ])("holds no secret where %s", (_what, template, key) => expect(holds(template, key)).toBe(false));
});
