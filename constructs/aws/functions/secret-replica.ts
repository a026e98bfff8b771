/** Key of the copies of secrets in another region. */
export interface ReplicaKey {
  readonly region: string;
  readonly keyArn: string;
}

/**
 * What the writer of a value needs of the key of its copies: Secrets Manager decrypts the new value and encrypts it for the
 * other region in the name of the caller. Without it the value changes here only, and the copy keeps the old one.
 * (Secrets Manager user guide, "Troubleshoot AWS Secrets Manager replication" and "How Secrets Manager authorizes
 * cross-account replication", read 2026-11-28.)
 */
export const replicaStatement = (region: string, replica: ReplicaKey): object => ({
  Effect: "Allow",
  Action: ["kms:Encrypt", "kms:GenerateDataKey"],
  Resource: replica.keyArn,
  // The guide does not say which region's endpoint is the caller then.
  Condition: {
    StringEquals: {
      "kms:ViaService": [region, replica.region].map((name) => `secretsmanager.${name}.amazonaws.com`),
    },
  },
});
