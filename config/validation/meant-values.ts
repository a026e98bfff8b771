import ipaddr from "ipaddr.js";

/** A value in another form, of which the setting says whether it takes it. */
interface Candidate {
  readonly candidate: unknown;
  /** What is said after `write …`. */
  readonly why: string;
}

const asItIs = (candidate: unknown): Candidate => ({ candidate, why: "" });

/** Forms in which a value is often meant, the likeliest first. */
export function writtenOtherwise(value: unknown): Candidate[] {
  if (typeof value === "number") return ofNumber(value);
  if (typeof value === "string") return ofText(value);
  if (Array.isArray(value)) return ofList(value);
  if (typeof value === "object" && value !== null) return ofEntries(Object.entries(value));
  return [];
}

const ofNumber = (value: number): Candidate[] => [
  { candidate: String(value), why: " in quotes: it is a number, and text is wanted" },
  { candidate: `${value}Mi`, why: " if MiB are meant: text with its unit is wanted" },
  ...(value > 1 && value <= 100 ? [{ candidate: hundredth(value), why: `: it is a share, and not ${value} %` }] : []),
];

const hundredth = (value: number): number => Number((value / 100).toPrecision(12));

/** Each of the first entries that can be written otherwise: the setting may refuse one of them alone. */
const ofList = (values: readonly unknown[]): Candidate[] =>
  values.length > MOST_TRIED
    ? []
    : values.flatMap((value, index) =>
        writtenOtherwise(value).map(({ candidate, why }) => ({ candidate: values.with(index, candidate), why })),
      );

const ofEntries = (entries: readonly (readonly [string, unknown])[]): Candidate[] =>
  entries.length > MOST_TRIED
    ? []
    : entries.flatMap(([name, value]) =>
        typeof value !== "string"
          ? []
          : ofText(value).map(({ candidate, why }) => ({
              candidate: { ...Object.fromEntries(entries), [name]: candidate },
              why,
            })),
      );
/** Of more values it is not clear which one was meant, and trying all takes its time. */
const MOST_TRIED = 3;

const ofText = (text: string): Candidate[] => [
  ...asNumber(text.trim()),
  ...asTruth(text.trim()),
  asItIs(text.trim()),
  asItIs(text.toLowerCase()),
  ...asAddress(text.trim()),
  ...asNetwork(text.trim()),
  ...asVersion(text.trim()),
  asItIs(
    text
      .trim()
      .toLowerCase()
      .replace(/[\s_.]+/g, "-"),
  ),
  ...(/^[\d\s-]+$/.test(text) ? [asItIs(text.replace(/\D/g, ""))] : []),
  asItIs(`/${text}`),
  { candidate: [text], why: ": a list is wanted, also of one" },
];

function asNumber(text: string): Candidate[] {
  // Amounts of money have their sign before them, and large ones commas.
  const plain = text.replace(/^[$€]\s*/, "").replace(/(?<=\d),(?=\d{3})/g, "");
  const [, digits, unit = ""] = plain.match(/^(-?\d+(?:\.\d+)?)\s*([A-Za-z%]*)$/) ?? [];
  if (digits === undefined) return [];
  const without = unit === "" ? "" : ` and without "${unit}"`;
  return [
    ...(unit === "%"
      ? [{ candidate: hundredth(Number(digits)), why: `: it is text, and ${text} as a number is wanted` }]
      : []),
    { candidate: Number(digits), why: ` without quotes${without}: it is text, and a number is wanted` },
    asItIs(`${digits}${/^g/i.test(unit) ? "Gi" : "Mi"}`),
  ];
}

function asTruth(text: string): Candidate[] {
  const [, yes] = text.match(/^(?:(true|yes|on)|false|no|off)$/i) ?? [];
  return /^(true|yes|on|false|no|off)$/i.test(text)
    ? [{ candidate: yes !== undefined, why: " without quotes: it is text, and true or false is wanted" }]
    : [];
}

/** Host, path, mail address or role out of the longer forms in which tools show them. */
function asAddress(text: string): Candidate[] {
  const [, scheme, host, path = "/"] = text.match(/^([a-z]+:\/\/)?([^/:\s]+)(?::\d+)?(\/[^?#\s]*)?/) ?? [];
  const [, mail] = text.match(/<([^<>\s]+)>$/) ?? [];
  const [, account, role] = text.match(/^arn:aws:sts::(\d{12}):assumed-role\/([^/]+)\//) ?? [];
  return [
    ...(scheme === undefined ? [] : [asItIs(path)]),
    ...(host === undefined ? [] : [asItIs(host.toLowerCase().replace(/^\*\./, "").replace(/\.$/, ""))]),
    ...(mail === undefined ? [] : [asItIs(mail)]),
    ...(role === undefined ? [] : [asItIs(`arn:aws:iam::${account}:role/${role}`)]),
  ];
}

/** The network that an address stands in; an address alone is a network of one. */
function asNetwork(text: string): Candidate[] {
  const cidr = text.includes("/") ? text : `${text}/32`;
  if (!ipaddr.IPv4.isValidFourPartDecimal(cidr.split("/")[0] ?? "") || !ipaddr.IPv4.isValidCIDR(cidr)) return [];
  const [, length] = ipaddr.IPv4.parseCIDR(cidr);
  return [asItIs(`${ipaddr.IPv4.networkAddressFromCIDR(cidr).toString()}/${length}`)];
}

/** `v1.36.1` where 1.36 is wanted. */
function asVersion(text: string): Candidate[] {
  const [, minor, major] = text.match(/^v?((\d+)\.\d+)/) ?? [];
  return minor === undefined || major === undefined
    ? []
    : [asItIs(text.replace(/^v/, "")), asItIs(minor), asItIs(major)];
}
