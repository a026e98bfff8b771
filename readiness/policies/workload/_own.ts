export { ownWorkloads } from "../../policy-terms/scope";
export { CONTAINER, deployments, POD } from "../../policy-terms/targets";
