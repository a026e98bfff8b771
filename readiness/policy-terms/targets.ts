import { asObject } from "../policy/json";
import { manifest, resource, type Target } from "../policy/target";

/** Path of the containers in a typed Deployment. */
export const CONTAINER = "spec.template.spec.container";
/** Path of the pod in a typed Deployment. */
export const POD = "spec.template.spec";

export const deployments = resource("kubernetes_deployment_v1");
/** Those that name single pods in DNS serve no port. */
export const servicesWithPorts = resource(
  "kubernetes_service_v1",
  (block) => asObject(block["spec"])["cluster_ip"] !== "None",
);
export const autoscalers = resource("kubernetes_horizontal_pod_autoscaler_v2");
/** @default name - those of all components */
export const disruptionBudgets = (name?: string, stack = /./): Target =>
  manifest(
    "PodDisruptionBudget",
    (block, _, of) => stack.test(of) && (name === undefined || asObject(block["metadata"])["name"] === name),
  );
export const nodeGroups = resource("aws_eks_node_group");
export const spotGroups = resource("aws_eks_node_group", (block) => block["capacity_type"] === "SPOT");
export const onDemandGroups = resource("aws_eks_node_group", (block) => block["capacity_type"] === "ON_DEMAND");

/** Objects of a typed resource with that name in the cluster. */
export const named = (type: string, name: string): Target =>
  resource(type, (block) => asObject(block["metadata"])["name"] === name);

/** Objects of a typed resource of one application, in both regions. @default name - all of them */
export const ofApplication = (application: string, type: string, name?: string): Target =>
  resource(
    type,
    (block, _, stack) =>
      stack.startsWith(`${application}-`) && (name === undefined || asObject(block["metadata"])["name"] === name),
  );

/** Deployments of the application with the simplest pods: one port, two questions. */
export const simplest = (name?: string): Target => ofApplication("storefront", "kubernetes_deployment_v1", name);

/** Releases of a published chart. */
export const releaseOf = (chart: string): Target => resource("helm_release", (block) => block["chart"] === chart);
