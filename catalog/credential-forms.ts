/** How the credentials of one issuer look: a beginning that nothing else has, and what follows it. */
interface CredentialForm {
  readonly issuer: string;
  /** Regular expressions. */
  readonly begins: string;
  readonly continues: string;
  /** Fewest characters after the beginning. */
  readonly shortest: number;
}

/**
 * Sources, read 2026-11-29: config/gitleaks.toml of gitleaks at b58d3f102cf3 (rules aws-access-token, gcp-api-key, github-*,
 * gitlab-pat, huggingface-*, npm-access-token, openai-api-key, anthropic-api-key, sendgrid-api-token, slack-*,
 * stripe-access-token); lengths are shortened where issuers have changed them.
 */
const forms: readonly CredentialForm[] = [
  { issuer: "AWS", begins: "A(?:KIA|SIA)", continues: "[0-9A-Z]", shortest: 16 },
  { issuer: "Anthropic", begins: "sk-ant-", continues: "[\\w-]", shortest: 20 },
  { issuer: "GitHub", begins: "gh[pousr]_", continues: "[A-Za-z0-9]", shortest: 36 },
  { issuer: "GitHub", begins: "github_pat_", continues: "\\w", shortest: 22 },
  { issuer: "GitLab", begins: "glpat-", continues: "[\\w-]", shortest: 20 },
  { issuer: "Google", begins: "AIza", continues: "[\\w-]", shortest: 35 },
  { issuer: "Hugging Face", begins: "hf_", continues: "[A-Za-z]", shortest: 34 },
  { issuer: "npm", begins: "npm_", continues: "[A-Za-z0-9]", shortest: 36 },
  { issuer: "OpenAI", begins: "sk-(?:proj|svcacct|admin)-", continues: "[\\w-]", shortest: 40 },
  { issuer: "SendGrid", begins: "SG\\.", continues: "[\\w=.-]", shortest: 66 },
  { issuer: "Slack", begins: "xox[abepr]-", continues: "[A-Za-z0-9-]", shortest: 10 },
  { issuer: "Stripe", begins: "[sr]k_(?:live|test|prod)_", continues: "[A-Za-z0-9]", shortest: 10 },
];

const ofForm = ({ begins, continues, shortest }: CredentialForm): RegExp =>
  new RegExp(`\\b${begins}${continues}{${shortest},}`);
const expressions: readonly { readonly what: string; readonly form: RegExp }[] = [
  { what: "a private key", form: /-----BEGIN [A-Z ]*PRIVATE KEY-----/ },
  {
    what: "a connection with its password",
    form: /\b(?:postgres(?:ql)?|rediss?|mysql|amqps?|mongodb(?:\+srv)?):\/\/[^\s:@/]*:[^\s@${}]+@/,
  },
  ...forms.map((one) => ({ what: `a credential of ${one.issuer}`, form: ofForm(one) })),
];
const anyForm = new RegExp(expressions.map(({ form }) => `(?:${form.source})`).join("|"));

/** The first credential of the text, masked, such as "a credential of GitHub, ghp_… (40 characters)"; undefined where there is none. */
export function credentialIn(text: string): string | undefined {
  const [found] = anyForm.exec(text) ?? [];
  return found === undefined
    ? undefined
    : `${expressions.find(({ form }) => form.test(found))?.what ?? "a credential"}, ${masked(found)}`;
}

/** Of a longer credential so many characters after its beginning are masked, too: messages shorten what they quote. */
const MASKED_FROM = 12;

const maskedForm = ({ begins, continues, shortest }: CredentialForm): string =>
  `(${begins})${continues}{${Math.min(shortest, MASKED_FROM)},}`;

const masks: readonly (readonly [RegExp, (...match: string[]) => string])[] = [
  [
    new RegExp(
      // In JSON a line feed before it is written as a letter.
      `(?:\\b|(?<=\\\\[nrt]))(?:${forms.map(maskedForm).join("|")})`,
      "g",
    ),
    (whole, ...begins) => `${begins.slice(0, forms.length).find((one) => one) ?? ""}… (${whole.length} characters)`,
  ],
  [
    /(\b(?:postgres(?:ql)?|rediss?|mysql|amqps?|mongodb(?:\+srv)?):\/\/[^\s:@/"'<]*:)[^\s@${}"'<]+@/g,
    (_, begins = "") => `${begins}…@`,
  ],
  [
    /(-----BEGIN [A-Z ]*PRIVATE KEY-----)(?:[A-Za-z0-9+/=]|\\+[nr]|\r?\n(?=[A-Za-z0-9+/=]{16}))+/g,
    (_, begins = "") => `${begins}…`,
  ],
];

/** The text with every credential reduced to its first characters and its length: what is printed is logged, and logs are kept. */
export const masked = (text: string): string =>
  masks.reduce((shown, [form, replacement]) => shown.replace(form, replacement), text);
