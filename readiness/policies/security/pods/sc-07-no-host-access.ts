import { holds } from "../../../policy/comparison";
import { change, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { ownWorkloads } from "../../../policy-terms/scope";

const pod = "spec.template.spec";
const deployments = resource("kubernetes_deployment_v1");

export default policy({
  id: "SC-07",
  severity: "error",
  proves: ["CA-23", "FL-02"],
  title: "No pod uses host namespaces, host paths or host ports",
  because: "a pod that sees the host's processes or files sees those of every other pod on the node",
  remedy: "remove hostNetwork, hostPID, hostIPC, hostPath volumes and hostPorts; use a Service, a claim or an emptyDir",
  equivalents: [
    "kube-linter host-network",
    "kube-linter host-pid",
    "kube-linter host-ipc",
    "kube-linter sensitive-host-mounts",
  ],
  subjects: ownWorkloads,
  check: ({ pod: { hostNetwork, hostPid, hostIpc, volumes }, containers }) => {
    const paths = volumes.filter((volume) => volume.kind === "hostPath").map((volume) => volume.source ?? volume.name);
    const ports = containers.flatMap((container) => container.ports.flatMap((port) => port.hostPort ?? []));
    return [
      holds(!hostNetwork, "hostNetwork is false", String(hostNetwork)),
      holds(!hostPid && !hostIpc, "hostPID and hostIPC are false", `${hostPid}, ${hostIpc}`),
      holds(paths.length === 0, "no hostPath volume", paths.join(", ") || "none"),
      holds(ports.length === 0, "no hostPort", ports.join(", ") || "none"),
    ];
  },
  mutants: [
    change("host network", deployments, set(`${pod}.host_network`, true)),
    change("host processes", deployments, set(`${pod}.host_pid`, true)),
    change(
      "docker socket",
      deployments,
      set(`${pod}.volume.0`, { name: "tmp", host_path: { path: "/var/run/docker.sock" } }),
    ),
    change("host port", deployments, set(`${pod}.container.port.0.host_port`, 8080)),
  ],
  boundary: {
    holds: change("host network written as false", deployments, set(`${pod}.host_network`, false)),
    breaks: change("host network written as true", deployments, set(`${pod}.host_network`, true)),
  },
});
