import {
  type Json,
  type JsonObject,
  flagOf,
  isObject,
  numberOf,
  objectOf,
  objectsOf,
  textMapOf,
  textOf,
  textsOf,
} from "../../json";
import { cpuMillis, memoryMiB } from "../../../../models/quantity";
import { selectorOf } from "../../kubernetes/selector";
import type { Container, Probe, Security } from "../../facts/kubernetes/containers";
import type { PodSpec, Volume } from "../../facts/kubernetes/pods";

/** @param spec PodSpec as the API server takes it */
export function podSpecOf(spec: JsonObject): PodSpec {
  return {
    serviceAccount: textOf(spec["serviceAccountName"]),
    automountsToken: flagOf(spec["automountServiceAccountToken"]),
    priorityClass: textOf(spec["priorityClassName"]),
    graceSeconds: numberOf(spec["terminationGracePeriodSeconds"]) ?? 30,
    nodeSelector: textMapOf(spec["nodeSelector"]),
    tolerations: objectsOf(spec["tolerations"]).map((toleration) => ({
      key: textOf(toleration["key"]),
      operator: textOf(toleration["operator"]) ?? "Equal",
      value: textOf(toleration["value"]),
      effect: textOf(toleration["effect"]),
      seconds: numberOf(toleration["tolerationSeconds"]),
    })),
    topologySpread: objectsOf(spec["topologySpreadConstraints"]).map((spread) => ({
      maxSkew: numberOf(spread["maxSkew"]) ?? 1,
      topologyKey: textOf(spread["topologyKey"]) ?? "",
      whenUnsatisfiable: textOf(spread["whenUnsatisfiable"]) ?? "DoNotSchedule",
      selector: selectorOf(spread["labelSelector"]),
      minDomains: numberOf(spread["minDomains"]),
    })),
    affinity: isObject(spec["affinity"]) ? spec["affinity"] : undefined,
    hostNetwork: spec["hostNetwork"] === true,
    hostPid: spec["hostPID"] === true,
    hostIpc: spec["hostIPC"] === true,
    restartPolicy: textOf(spec["restartPolicy"]),
    initContainers: containersOf(spec, "initContainers"),
    volumes: objectsOf(spec["volumes"]).map(volumeOf),
    spec,
  };
}

export function containersOf(spec: JsonObject, field: "containers" | "initContainers"): readonly Container[] {
  return objectsOf(spec[field]).map((container) => containerOf(container, objectOf(spec["securityContext"])));
}

function containerOf(container: JsonObject, podSecurity: JsonObject): Container {
  const resources = objectOf(container["resources"]);
  const [requests, limits] = [textMapOf(resources["requests"]), textMapOf(resources["limits"])];
  const ports = objectsOf(container["ports"]).map((port) => ({
    name: textOf(port["name"]),
    port: numberOf(port["containerPort"]) ?? 0,
    protocol: textOf(port["protocol"]) ?? "TCP",
    hostPort: numberOf(port["hostPort"]),
  }));
  const probe = (field: string): Probe | undefined =>
    isObject(container[field]) ? probeOf(container[field], ports) : undefined;
  return {
    name: textOf(container["name"]) ?? "",
    sidecar: container["restartPolicy"] === "Always",
    image: textOf(container["image"]),
    command: textsOf(container["command"]),
    args: textsOf(container["args"]),
    ports,
    liveness: probe("livenessProbe"),
    readiness: probe("readinessProbe"),
    startup: probe("startupProbe"),
    cpuRequestMillis: cpuMillis(requests["cpu"] ?? limits["cpu"]),
    memoryRequestMiB: memoryMiB(requests["memory"] ?? limits["memory"]),
    cpuLimitMillis: cpuMillis(limits["cpu"]),
    memoryLimitMiB: memoryMiB(limits["memory"]),
    ephemeralRequestMiB: memoryMiB(requests["ephemeral-storage"] ?? limits["ephemeral-storage"]),
    ephemeralLimitMiB: memoryMiB(limits["ephemeral-storage"]),
    security: securityOf({ ...podSecurity, ...objectOf(container["securityContext"]) }),
    preStopSeconds: preStopSeconds(objectOf(container["lifecycle"])["preStop"]),
    environment: objectsOf(container["env"]).map((entry) => {
      const from = objectOf(entry["valueFrom"]);
      return {
        name: textOf(entry["name"]) ?? "",
        value: textOf(entry["value"]),
        secret: textOf(objectOf(from["secretKeyRef"])["name"]),
        configMap: textOf(objectOf(from["configMapKeyRef"])["name"]),
      };
    }),
    environmentFrom: objectsOf(container["envFrom"]).map((entry) => ({
      secret: textOf(objectOf(entry["secretRef"])["name"]),
      configMap: textOf(objectOf(entry["configMapRef"])["name"]),
    })),
    mounts: objectsOf(container["volumeMounts"]).map((mount) => ({
      volume: textOf(mount["name"]) ?? "",
      path: textOf(mount["mountPath"]) ?? "",
      readOnly: mount["readOnly"] === true,
    })),
  };
}

function probeOf(probe: JsonObject, ports: Container["ports"]): Probe {
  const kind = probe["httpGet"] ? "http" : probe["tcpSocket"] ? "tcp" : probe["grpc"] ? "grpc" : "exec";
  const target = objectOf(probe["httpGet"] ?? probe["tcpSocket"] ?? probe["grpc"]);
  const written = numberOf(target["port"]) ?? textOf(target["port"]);
  return {
    kind,
    path: textOf(target["path"]) ?? (kind === "grpc" ? textOf(target["service"]) : undefined),
    port: ports.find((port) => port.name !== undefined && port.name === written)?.port ?? written,
    initialDelaySeconds: numberOf(probe["initialDelaySeconds"]) ?? 0,
    periodSeconds: numberOf(probe["periodSeconds"]) ?? 10,
    timeoutSeconds: numberOf(probe["timeoutSeconds"]) ?? 1,
    failureThreshold: numberOf(probe["failureThreshold"]) ?? 3,
    command: textsOf(objectOf(probe["exec"])["command"]),
  };
}

function securityOf(security: JsonObject): Security {
  const capabilities = objectOf(security["capabilities"]);
  return {
    runAsNonRoot: flagOf(security["runAsNonRoot"]),
    runAsUser: numberOf(security["runAsUser"]),
    privileged: security["privileged"] === true,
    allowPrivilegeEscalation: flagOf(security["allowPrivilegeEscalation"]),
    readOnlyRootFilesystem: security["readOnlyRootFilesystem"] === true,
    addedCapabilities: textsOf(capabilities["add"]),
    droppedCapabilities: textsOf(capabilities["drop"]),
    seccompProfile: textOf(objectOf(security["seccompProfile"])["type"]),
  };
}

function preStopSeconds(hook: Json | undefined): number | undefined {
  if (!isObject(hook)) return 0;
  const slept = numberOf(objectOf(hook["sleep"])["seconds"]);
  if (slept !== undefined) return slept;
  const [, seconds] =
    /(?:^|[\s/;&])sleep\s+(\d+(?:\.\d+)?)/.exec(textsOf(objectOf(hook["exec"])["command"]).join(" ")) ?? [];
  return seconds === undefined ? undefined : Number(seconds);
}

function volumeOf(volume: JsonObject): Volume {
  const kind = Object.keys(volume).find((field) => field !== "name") ?? "emptyDir";
  const source = objectOf(volume[kind]);
  return {
    name: textOf(volume["name"]) ?? "",
    kind,
    source: textOf(source["secretName"] ?? source["claimName"] ?? source["name"] ?? source["path"] ?? source["driver"]),
    sizeLimitMiB: memoryMiB(textOf(source["sizeLimit"])),
    inMemory: source["medium"] === "Memory",
  };
}
