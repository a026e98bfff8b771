import { change, manifest, resource, set, update } from "../../../readiness/policy/mutation";
import { describeFaults, type Here } from "./planted-faults";

const CONTAINER = "spec.template.spec.container";
const ofChart =
  (chart: string) =>
  (block: object): boolean =>
    (block as { chart?: unknown }).chart === chart;
const release = (here: Here, chart: string) => resource("helm_release", here(ofChart(chart)));
const locations = "values.0.configuration.backupStorageLocation";

describeFaults("what is deployed and does not run", [
  {
    name: "functions that are switched off",
    refusedBy: "DE-34",
    says: /Lambda refuses every call/,
    plant: (here) => change("m", resource("aws_lambda_function", here()), set("reserved_concurrent_executions", 0)),
  },
  {
    name: "functions whose handler does not exist",
    refusedBy: "DE-34",
    says: /handler, against what its package exports: "[\w/-]+index\.handler"; found "ghost\.handler"/,
    plant: (here) => change("m", resource("aws_lambda_function", here()), set("handler", "ghost.handler")),
  },
  {
    name: "functions of a runtime that has ended",
    refusedBy: "DE-34",
    says: /days until AWS deprecates nodejs18\.x: ≥ 30/,
    plant: (here) => change("m", resource("aws_lambda_function", here()), set("runtime", "nodejs18.x")),
  },
  {
    name: "releases that do not wait",
    refusedBy: "DE-35",
    says: /wait: true; found false/,
    plant: (here) => change("m", resource("helm_release", here()), set("wait", false)),
  },
  {
    name: "backups to a location that is read-only",
    refusedBy: "DR-28",
    says: /may write to default; found ReadOnly/,
    plant: (here) => change("m", release(here, "velero"), set(`${locations}.0.accessMode`, "ReadOnly")),
  },
  {
    name: "nodes without instance metadata",
    refusedBy: "SC-12",
    says: /http_endpoint: "enabled"; found "disabled"/,
    plant: (here) =>
      change("m", resource("aws_launch_template", here()), set("metadata_options.http_endpoint", "disabled")),
  },
  {
    name: "secrets that are read once",
    refusedBy: "SC-15",
    says: /refreshInterval of more than 0/,
    plant: (here) => change("m", manifest("ExternalSecret", here()), set("spec.refreshInterval", "0")),
  },
  {
    name: "state machines whose role does not exist",
    refusedBy: "SC-32",
    says: /which is no role of the platform: states\.amazonaws\.com gets no credentials/,
    plant: (here) =>
      change("m", resource("aws_sfn_state_machine", here()), set("role_arn", "arn:aws:iam::210987654321:role/ghost")),
  },
  {
    name: "schedules whose target does not exist",
    refusedBy: "SC-32",
    says: /starts arn:aws:lambda:.*:ghost, which is not part of the platform/,
    plant: (here) =>
      change(
        "m",
        resource("aws_cloudwatch_event_target", here()),
        set("arn", "arn:aws:lambda:us-east-1:210987654321:function:ghost"),
      ),
  },
  {
    name: "image repositories that keep one image",
    refusedBy: "SU-17",
    says: /newest images that rule 1 keeps: ≥ 30/,
    plant: (here) =>
      change("m", resource("aws_ecr_lifecycle_policy", here()), (block) =>
        set("policy.rules.0.selection", { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 1 })(block),
      ),
  },
  {
    name: "scalers that are paused",
    refusedBy: "WL-28",
    says: /its autoscaler is paused by autoscaling\.keda\.sh\/paused/,
    plant: (here) =>
      change(
        "m",
        manifest("ScaledObject", here()),
        set(["metadata", "annotations", "autoscaling.keda.sh/paused"], "true"),
      ),
  },
  {
    name: "liveness probes that must succeed twice",
    refusedBy: "WL-38",
    says: /successThreshold of the livenessProbe: 1; found 2/,
    plant: (here) =>
      change(
        "m",
        resource("kubernetes_deployment_v1", here()),
        set(`${CONTAINER}.liveness_probe.success_threshold`, 2),
      ),
  },
  {
    name: "a load balancer controller of another region",
    refusedBy: "WL-39",
    says: /region: "[\w-]+"; found "ap-south-1"/,
    plant: (here) => change("m", release(here, "aws-load-balancer-controller"), set("values.0.region", "ap-south-1")),
  },
  {
    name: "an autoscaler of another cluster",
    refusedBy: "WL-39",
    says: /autoDiscovery\.clusterName: "[\w-]+"; found "[\w-]+-old"/,
    plant: (here) =>
      change(
        "m",
        release(here, "cluster-autoscaler"),
        update("values.0.autoDiscovery.clusterName", (name) => `${String(name)}-old`),
      ),
  },
]);
