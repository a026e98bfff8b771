import { atMost } from "../../../policy/comparison";
import { policy } from "../../../policy/policy";
import { daemonRequests } from "../../../policy-terms/capacity/node-room";
import { agent } from "./_agent";

/** Memory that all agents of a node may request, MiB: an eighth of the 3.75 GiB of the smallest node type. */
const AGENTS_MIB = 480;
/** Kept for the two DaemonSets of a service mesh (proxy and network agent), MiB. */
const MESH_MIB = 150;

export default policy({
  id: "CP-22",
  severity: "error",
  proves: [],
  beyond: "monitoring that takes the memory of what it watches causes the incidents that it reports",
  title: "Agents of a node leave memory for applications and for a service mesh",
  because: "a DaemonSet's request is taken from every node at once, before the first pod of an application is placed",
  remedy: "lower the requests of DaemonSets, or move the work into a Deployment on the monitoring pool",
  subjects: (platform) => platform.nodeGroups,
  check: (group, platform) =>
    atMost(
      AGENTS_MIB - MESH_MIB,
      daemonRequests(group, platform).memoryMiB,
      `MiB requested by DaemonSets on a node of ${group.name ?? group.address} (${AGENTS_MIB} MiB for agents, of which ${MESH_MIB} MiB are kept for a mesh)`,
    ),
  mutants: [agent("one more agent on every node", 200)],
  boundary: { holds: agent("an agent that just fits", 12), breaks: agent("one MiB more", 13) },
});
