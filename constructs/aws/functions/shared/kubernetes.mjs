// Calls of the Kubernetes API of an EKS cluster with the function's own role. The token is a presigned URL of STS, as the
// AWS command line makes it (aws-cli awscli/customizations/eks/get_token.py).
import { createHash, createHmac } from "node:crypto";
import { request } from "node:https";

const hash = (text) => createHash("sha256").update(text).digest("hex");
const hmac = (key, text) => createHmac("sha256", key).update(text).digest();

/** Bearer token for the cluster; valid for 15 minutes after `now`, of which the URL itself lives 60 s. */
export function tokenOf({ cluster, region, credentials, now }) {
  const time = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const day = time.slice(0, 8);
  const host = `sts.${region}.amazonaws.com`;
  const scope = `${day}/${region}/sts/aws4_request`;
  const query = new URLSearchParams({
    Action: "GetCallerIdentity",
    Version: "2011-06-15",
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": `${credentials.accessKeyId}/${scope}`,
    "X-Amz-Date": time,
    "X-Amz-Expires": "60",
    ...(credentials.sessionToken === undefined ? {} : { "X-Amz-Security-Token": credentials.sessionToken }),
    "X-Amz-SignedHeaders": "host;x-k8s-aws-id",
  });
  query.sort();
  const parameters = query.toString().replaceAll("+", "%20");
  const canonical = [
    "GET",
    "/",
    parameters,
    `host:${host}`,
    `x-k8s-aws-id:${cluster}`,
    "",
    "host;x-k8s-aws-id",
    hash(""),
  ].join("\n");
  const signing = [day, region, "sts", "aws4_request"].reduce(hmac, `AWS4${credentials.secretAccessKey}`);
  const signature = hmac(signing, ["AWS4-HMAC-SHA256", time, scope, hash(canonical)].join("\n")).toString("hex");
  const url = `https://${host}/?${parameters}&X-Amz-Signature=${signature}`;
  return `k8s-aws-v1.${Buffer.from(url).toString("base64url")}`;
}

/** `call(method, path, body)` of one API server; the body of a PATCH is a JSON merge patch. @throws with the server's words */
export const apiOf =
  ({ endpoint, certificateAuthority, token }) =>
  (method, path, body) =>
    new Promise((resolve, reject) => {
      const payload = body === undefined ? undefined : JSON.stringify(body);
      const call = request(
        new URL(path, endpoint),
        {
          method,
          ca: certificateAuthority,
          headers: {
            authorization: `Bearer ${token}`,
            accept: "application/json",
            ...(payload === undefined
              ? {}
              : {
                  "content-type": method === "PATCH" ? "application/merge-patch+json" : "application/json",
                  "content-length": Buffer.byteLength(payload),
                }),
          },
          timeout: 20_000,
        },
        (response) => {
          const parts = [];
          response.on("data", (part) => parts.push(part));
          response.on("end", () => {
            const text = Buffer.concat(parts).toString("utf8");
            if (response.statusCode < 300) resolve(text === "" ? {} : JSON.parse(text));
            else
              reject(
                Object.assign(new Error(`${method} ${path}: ${response.statusCode} ${text.slice(0, 300)}`), {
                  status: response.statusCode,
                }),
              );
          });
        },
      );
      call.on("timeout", () => call.destroy(new Error(`${method} ${path}: no answer within 20 s`)));
      call.on("error", reject);
      call.end(payload);
    });
