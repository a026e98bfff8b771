import type { Commitment } from "../../../catalog/claims/commitments";
import { priceBook } from "../../../catalog/prices/price-book";
import type { Platform } from "../../inventory/platform";
import type { NodeGroup } from "../../inventory/facts/aws/node-groups";
import { atLeast } from "../../policy/comparison";
import { change, remove, set } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { forClaim, notApplicable, unknown, type Verdict } from "../../policy/verdict";
import { platformPromises } from "../../policy-terms/promised";
import { spotGroups } from "../../policy-terms/targets";

const spotOf = ({ nodeGroups }: Platform): readonly NodeGroup[] =>
  nodeGroups.filter(({ capacityType }) => capacityType === "SPOT");

/** Per cent off the on-demand price of the same type in that region; undefined where a price is not known. */
function savingPercent(type: string, region: string): number | undefined {
  const price = (market: string): number | null | undefined => {
    const usd = priceBook().byId.get(`ec2.${type}.${market}`)?.usd;
    return usd === undefined ? undefined : (usd as Readonly<Record<string, number | null>>)[region];
  };
  const [spot, onDemand] = [price("spot"), price("on-demand")];
  return typeof spot === "number" && typeof onDemand === "number" ? 100 * (1 - spot / onDemand) : undefined;
}

const types = (...names: string[]) => change("other types", spotGroups, set("instance_types", names));

export default policy({
  id: "CO-06",
  severity: "error",
  // Reports speak of production.
  environments: ["production"],
  title: "Each Spot type saves what the report promises",
  because: "Spot nodes are reclaimed at two minutes' notice: a type that saves little buys that risk for nothing",
  remedy: "choose types of spot.instanceTypes whose Spot price in catalog/prices is further below the on-demand price",
  proves: ["CA-06"],
  subjects: (platform) => [...platform.clusters],
  check: (cluster, platform): Verdict | Verdict[] => {
    const promises = platformPromises(platform, "spot.savingPercent");
    return promises.length === 0
      ? notApplicable("no report promises what Spot saves")
      : promises.flatMap((promise) =>
          saved(cluster.region ?? "", promise, platform).map((verdict) => forClaim(promise.claim, verdict)),
        );
  },
  mutants: [remove("no Spot at all", spotGroups), change("on demand", spotGroups, set("capacity_type", "ON_DEMAND"))],
  boundary: {
    holds: { ...types("m6a.large"), name: "40.5 % where it saves least" },
    // The fixture's report promises 40 %.
    breaks: { ...types("m5a.large"), name: "39.98 % where it saves least" },
  },
});

function saved(region: string, { claim, value }: Commitment, platform: Platform): Verdict[] {
  const offered = [
    ...new Set(spotOf(platform).flatMap((group) => (group.region === region ? group.instanceTypes : []))),
  ].sort();
  if (offered.length === 0) return [atLeast(1, 0, `Spot types in ${region}: ${claim} promises that they save`)];
  return offered.map((type) => {
    const saving = savingPercent(type, region);
    if (saving === undefined) return unknown(`what ${type} costs on Spot in ${region} is not known`);
    return atLeast(
      Number(value),
      Number(saving.toFixed(2)),
      `per cent that ${type} on Spot saves in ${region}, as ${claim} promises`,
      { field: "spot.instanceTypes" },
    );
  });
}
