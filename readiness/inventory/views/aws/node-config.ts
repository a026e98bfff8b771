import { parse } from "yaml";
import { goSeconds } from "../../../../models/duration";
import { type JsonObject, isObject, numberOf, objectOf, textMapOf, textOf } from "../../json";
import { cpuMillis, memoryMiB } from "../../../../models/quantity";
import { perText } from "../../references";
import type { Kubelet } from "../../facts/aws/node-groups";

/** The NodeConfig document that nodeadm finds in the user data: alone, or as a part of a MIME message. */
export const nodeConfigOf = perText((userData): JsonObject | undefined => {
  const text = Buffer.from(userData, "base64").toString("utf8");
  const [, boundary] = /^Content-Type:\s*multipart\/[^;]+;\s*boundary="?([^"\s]+)"?/im.exec(text) ?? [];
  const parts =
    boundary === undefined
      ? [text]
      : text.split(`--${boundary}`).map((part) => part.slice(Math.max(0, part.search(/\r?\n\r?\n/))));
  return parts.map(documentOf).find((document) => document?.["kind"] === "NodeConfig");
});

function documentOf(text: string): JsonObject | undefined {
  if (!text.includes("NodeConfig")) return undefined;
  try {
    const document: unknown = parse(text);
    return isObject(document) ? document : undefined;
  } catch {
    return undefined;
  }
}

export function kubeletOf(nodeConfig: JsonObject): Kubelet {
  const config = objectOf(objectOf(objectOf(nodeConfig["spec"])["kubelet"])["config"]);
  const reserved = textMapOf(config["kubeReserved"]);
  return {
    maxPods: numberOf(config["maxPods"]),
    reservedCpuMillis: cpuMillis(reserved["cpu"]),
    reservedMemoryMiB: memoryMiB(reserved["memory"]),
    evictionMemoryMiB: memoryMiB(textMapOf(config["evictionHard"])["memory.available"]),
    shutdownGraceSeconds: goSeconds(textOf(config["shutdownGracePeriod"])),
    shutdownGraceCriticalSeconds: goSeconds(textOf(config["shutdownGracePeriodCriticalPods"])),
  };
}
