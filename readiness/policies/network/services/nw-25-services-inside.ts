import { objectOf, objectsOf, textOf, textsOf } from "../../../inventory/json";
import type { PlacedObject } from "../../../inventory/kubernetes/object";
import { addManifest, change, manifest, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, type Verdict } from "../../../policy/verdict";
import { servicesWithPorts as services } from "../../../policy-terms/targets";

/** Kinds with which a controller opens an entry of its own, beside the load balancer of the ingress stack. */
const entries = /^(Ingress|Gateway|HTTPRoute|GRPCRoute|TLSRoute|TCPRoute|UDPRoute|IngressRoute|VirtualService)$/;

interface Way {
  readonly open: boolean;
  readonly found: string;
  readonly consequence: string;
}

/** Ways in which a Service is more than an address inside the cluster. */
function waysOf(spec: PlacedObject["object"]): readonly Way[] {
  const type = textOf(spec["type"]) ?? "ClusterIP";
  const external = textsOf(spec["externalIPs"]);
  const nodePorts = objectsOf(spec["ports"]).some((port) => port["nodePort"] !== undefined);
  return [
    {
      open: type === "LoadBalancer",
      found: "type LoadBalancer",
      consequence: "a load balancer of its own, without firewall, TLS policy, access log or failover",
    },
    {
      open: type === "NodePort" || (type !== "LoadBalancer" && nodePorts),
      found: "a port of every node",
      consequence: "every node answers on it, and network policies of the namespace see the node as caller",
    },
    {
      open: type === "ExternalName",
      found: `type ExternalName (${textOf(spec["externalName"]) ?? "no name"})`,
      consequence: "its name leads out of the cluster, past its network policies, and to no pod",
    },
    {
      open: external.length > 0,
      found: `externalIPs ${external.join(", ")}`,
      consequence: "traffic to that address is taken over on every node",
    },
  ];
}

function judge({ object, label, region }: PlacedObject): Verdict {
  if (object.kind !== "Service")
    return fail({
      expected: "entries through the load balancer of the ingress stack alone",
      actual: `${object.kind}`,
      message: `${label} in ${region} opens an entry beside the load balancer of the ingress stack: without its firewall, certificates and failover`,
    });
  const open = waysOf(objectOf(object["spec"]) as PlacedObject["object"]).find((way) => way.open);
  return open === undefined
    ? pass("reached inside the cluster alone")
    : fail({
        expected: "type ClusterIP, without external addresses",
        actual: open.found,
        field: "spec.type",
        message: `${label} in ${region} has ${open.found}: ${open.consequence}`,
      });
}

export default policy({
  id: "NW-25",
  severity: "error",
  proves: ["CA-23", "CA-24"],
  title: "Services are reached inside the cluster; customers come through the edge alone",
  because:
    "a Service that opens itself is a way around the firewall, TLS, access logs and the failover, and on the internet it is found within minutes",
  remedy:
    "leave the Service of type ClusterIP and declare entry in the application's file: IngressLoadBalancer then routes its hosts",
  equivalents: ["kube-linter exposed-services", "polaris hostPortSet (part)"],
  subjects: (platform) =>
    platform.objects.filter(({ object }) => object.kind === "Service" || entries.test(object.kind)),
  check: judge,
  mutants: [
    change("a load balancer of its own", services, set("spec.type", "LoadBalancer")),
    change(
      "a load balancer of its own, in the secondary",
      { ...services, where: (_, __, stack) => stack.endsWith("eu-west-1") },
      set("spec.type", "LoadBalancer"),
    ),
    change("a port of every node", services, set("spec.type", "NodePort")),
    change("a name outside", services, (block) => {
      set("spec.type", "ExternalName")(block);
      set("spec.external_name", "example.org")(block);
    }),
    change("an address of its own", services, set("spec.external_ips", ["203.0.113.9"])),
    addManifest("an Ingress beside the edge", manifest("TargetGroupBinding"), {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name: "raw", namespace: "storefront" },
      spec: { defaultBackend: { service: { name: "web", port: { number: 80 } } } },
    }),
  ],
  boundary: {
    holds: change("no type is Kubernetes' own", services, set("spec.type", null)),
    breaks: change("a port of every node as well", services, set("spec.port.0.node_port", 30_080)),
  },
});
