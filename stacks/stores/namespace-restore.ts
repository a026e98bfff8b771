import type { Construct } from "constructs";
import { imageMirror } from "../../catalog/charts/model/image-mirror";
import { storageLocation } from "../../catalog/charts/velero/backups";
import { veleroImage } from "../../catalog/charts/velero/chart";
import { configured } from "../../config/site";
import { NamespaceRestoreTests } from "../../constructs/aws/stores/namespace-restore-tests";
import type { RegionStores } from "./region-stores";

/** In each region the backups of the region that writes, out of the bucket of the region itself: what a loss is restored from. */
export function addNamespaceRestoreTests(
  scope: Construct,
  { site, props, writes, keyArn, topicArn }: RegionStores,
): void {
  const {
    data,
    cluster,
    network: { network },
    applications,
  } = props;
  if (applications.length === 0) return;
  const { environment, region, prefix } = site;
  const { own, other } = data;
  const { name, endpoint, certificateAuthority } = cluster.access;
  new NamespaceRestoreTests(scope, "namespace-restore-tests", {
    keyArn,
    topicArn,
    environment,
    region: region.name,
    name: prefix,
    vpcId: network.vpcId,
    subnetIds: network.privateSubnets.map(({ id }) => id),
    cluster: { name, endpoint, certificateAuthority, securityGroupId: cluster.nodeSecurityGroupId },
    backups: {
      location: writes ? storageLocation.ownRegion : storageLocation.peer,
      bucketName: own.backups.bucketName,
      bucketArn: own.backups.arn,
      keyArn: own.key.arn,
      prefix: (writes ? own : other).site.clusterName,
    },
    namespaces: applications.map(({ application }) => application.name),
    image: veleroImage(imageMirror(environment.accountId, region.name, environment.organisation)),
    declaration: configured(environment, "backups"),
  });
}
