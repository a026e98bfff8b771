// Two duties. Secrets Manager calls it four times for each rotation of a generated secret. Each day it looks at every
// secret of the environment and reports to the owners which values are missing, older than declared, or not copied to the other
// region, written here or elsewhere; EventBridge calls for the same look when a replication has failed.
// No value is ever logged, returned or sent: what leaves this file are names and ages.

/** The same words as in the application's file: config/application/secret.ts. */
const forms = {
  "letters-and-digits": { pattern: /^[A-Za-z0-9]+$/, exclude: { ExcludePunctuation: true } },
  hexadecimal: { pattern: /^[0-9a-f]+$/, exclude: { ExcludePunctuation: true, ExcludeUppercase: true, ExcludeCharacters: "ghijklmnopqrstuvwxyz" } },
};
const millisPerDay = 86_400_000;
/** A copy that is still under way after it is behind: replication takes seconds. */
const replicationMillis = 3_600_000;

const tagsOf = (secret) => Object.fromEntries((secret.Tags ?? []).map(({ Key, Value }) => [Key, Value]));

/** Length and characters that the secret's own tags declare. A secret without them is not this function's to write. */
export function formOf(secret) {
  const tags = tagsOf(secret);
  const length = Number(tags["secret-length"]);
  const form = forms[tags["secret-characters"]];
  if (!Number.isInteger(length) || length < 8 || form === undefined)
    throw new Error(`${secret.Name} declares no form: its tags need secret-length (8 or more) and secret-characters (${Object.keys(forms).join(" or ")})`);
  return { length, ...form };
}

/** One of the four steps. A repeated step changes nothing: Secrets Manager repeats them after a failure. */
export async function rotate({ Step: step, SecretId: id, ClientRequestToken: token, RotationToken: rotationToken }, world) {
  const secret = await world.describe(id);
  if (secret.RotationEnabled !== true) throw new Error(`${secret.Name} is not set up for rotation`);
  const form = formOf(secret);
  const stages = secret.VersionIdsToStages ?? {};
  if (stages[token]?.includes("AWSCURRENT")) return;
  if (step === "createSecret") {
    if ((await world.value(id, token, "AWSPENDING")) !== undefined) return;
    const value = await world.random({ PasswordLength: form.length, IncludeSpace: false, RequireEachIncludedType: true, ...form.exclude });
    await world.put(id, token, value, rotationToken);
  } else if (step === "testSecret") {
    const value = await world.value(id, token, "AWSPENDING");
    if (value === undefined || value.length !== form.length || !form.pattern.test(value)) throw new Error(`The new value of ${secret.Name} has not the declared form`);
  } else if (step === "finishSecret") {
    // The first rotation of a new secret has no version to take the label from.
    const [current] = Object.entries(stages).find(([, labels]) => labels.includes("AWSCURRENT")) ?? [];
    await world.promote(id, token, current);
  } else if (step !== "setSecret") {
    throw new Error(`${step} is no step of a rotation`);
  }
  // setSecret: the value's only home is Secrets Manager. No other system has to learn it.
}

/** What a person has to do something about, sorted by name. */
export async function overdue(prefix, now, world) {
  const found = await Promise.all((await world.list(prefix)).map(async (secret) => {
    const { "secret-origin": origin, "rotation-days": days } = tagsOf(secret);
    const current = (await world.versions(secret.ARN)).find(({ VersionStages }) => VersionStages?.includes("AWSCURRENT"));
    if (current === undefined) return [`${secret.Name} (${origin}) has no value yet`];
    const ageMillis = now - current.CreatedDate.getTime();
    const ageDays = Math.floor(ageMillis / millisPerDay);
    return [
      ...(days !== undefined && ageDays > Number(days) ? [`${secret.Name} (${origin}) is ${ageDays} days old, to be replaced every ${days} days`] : []),
      ...behind(await world.describe(secret.ARN), ageMillis),
    ];
  }));
  return found.flat().sort();
}

/** Regions whose copy of the secret has not the current value. */
function behind({ Name, ReplicationStatus: copies = [] }, ageMillis) {
  return copies
    .filter(({ Status }) => Status === "Failed" || (Status === "InProgress" && ageMillis > replicationMillis))
    .map(({ Region, Status, StatusMessage }) => `${Name} is not replicated to ${Region} (${Status}): ${StatusMessage ?? "no reason given"}`);
}

export async function review(prefix, now, world) {
  const lines = await overdue(prefix, now, world);
  if (lines.length > 0) await world.tell(`${lines.length} secrets to enter, replace or replicate below ${prefix}`.slice(0, 100), lines.join("\n"));
  return lines;
}

/** A version without a value is no failure: Secrets Manager makes it before the first step. */
const absent = (error) => {
  if (error?.name === "ResourceNotFoundException") return undefined;
  throw error;
};

async function awsWorld() {
  const { SecretsManagerClient, ...secrets } = await import("@aws-sdk/client-secrets-manager");
  const { SNSClient, PublishCommand } = await import("@aws-sdk/client-sns");
  const [manager, topics] = [new SecretsManagerClient({}), new SNSClient({})];
  const all = async (send, items) => {
    const found = [];
    let token;
    do {
      const page = await send(token);
      found.push(...(items(page) ?? []));
      token = page.NextToken;
    } while (token !== undefined);
    return found;
  };
  return {
    describe: (id) => manager.send(new secrets.DescribeSecretCommand({ SecretId: id })),
    value: (id, version, stage) => manager.send(new secrets.GetSecretValueCommand({ SecretId: id, VersionId: version, VersionStage: stage })).then(({ SecretString }) => SecretString, absent),
    random: (form) => manager.send(new secrets.GetRandomPasswordCommand(form)).then(({ RandomPassword }) => RandomPassword),
    put: (id, token, value, rotationToken) => manager.send(new secrets.PutSecretValueCommand({
      SecretId: id, ClientRequestToken: token, SecretString: value, VersionStages: ["AWSPENDING"], ...(rotationToken === undefined ? {} : { RotationToken: rotationToken }),
    })),
    promote: (id, version, current) => manager.send(new secrets.UpdateSecretVersionStageCommand({
      SecretId: id, VersionStage: "AWSCURRENT", MoveToVersionId: version, ...(current === undefined ? {} : { RemoveFromVersionId: current }),
    })),
    list: (prefix) => all((NextToken) => manager.send(new secrets.ListSecretsCommand({ Filters: [{ Key: "name", Values: [prefix] }], NextToken })), (page) => page.SecretList),
    versions: (id) => all((NextToken) => manager.send(new secrets.ListSecretVersionIdsCommand({ SecretId: id, NextToken })), (page) => page.Versions),
    tell: (subject, message) => topics.send(new PublishCommand({ TopicArn: process.env.TOPIC_ARN, Subject: subject, Message: message })),
  };
}

export async function handler(event) {
  const world = await awsWorld();
  if (event?.Step !== undefined) return rotate(event, world);
  const lines = await review(process.env.NAME_PREFIX, Date.now(), world);
  console.log(JSON.stringify({ overdue: lines.length }));
}
