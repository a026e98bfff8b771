import { differences, listedIn, partsOf } from "../../proof/backups/comparison";

describe("the comparison of restored objects", () => {
  it("knows what a backup holds of a namespace", () => {
    const list = { "v1/Service": ["shop/api", "cart/api"], "apps/v1/Deployment": ["cart/api"], "v1/Node": ["one"] };
    expect([...listedIn(list, "shop")]).toEqual([["v1/Service", ["api"]]]);
    expect(partsOf("apps/v1/Deployment")).toEqual({ apiVersion: "apps/v1", name: "Deployment" });
    expect(partsOf("v1/Service")).toEqual({ apiVersion: "v1", name: "Service" });
  });

  it("names what is missing and what is otherwise, and lets more be there", () => {
    const wanted = new Map([
      ["Service api", '{"port":80}'],
      ["Service web", '{"port":80}'],
    ]);
    expect(differences(wanted, new Map([...wanted, ["Pod api-1", "{}"]]))).toEqual([]);
    expect(differences(wanted, new Map([["Service api", '{"port":81}']]))).toEqual([
      'Service api: backed up …{"port":80}…, restored …{"port":81}…',
      "Service web: not restored",
    ]);
  });
});
