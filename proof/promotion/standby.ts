import type { KubernetesApi } from "../kubernetes/kubernetes-api";
import type { RunFolder } from "../run/run-folder";
import type { Synthesised } from "../run/synthesised";
import { type DeployedStandby, invoke, setVariables } from "./deployed-standby";
import { EksFront } from "./eks-front";
import { EmulatorCalls } from "./emulator-calls";
import { execute, type Execution } from "./executions";
import { API_SERVER_NAME, machineNames } from "./machine-names";
import type { DatabaseOfPromotion, PromotionParts } from "./standby-functions";
import { type LoopbackCertificate, StandbyStores } from "./standby-stores";

export interface StandbySetting {
  readonly synthesised: Synthesised;
  readonly parts: PromotionParts;
  readonly calls: { readonly standby: EmulatorCalls; readonly primary: EmulatorCalls };
  readonly deployed: DeployedStandby;
  /** API server of the standby, and its certificate. */
  readonly api: KubernetesApi;
  readonly certificate: LoopbackCertificate;
  /** Further variables of its functions. @default none */
  readonly variables?: Readonly<Record<string, string>>;
}

/**
 * A standby that can be promoted: its deployed functions and state machine reach real databases and caches in the place
 * of RDS and ElastiCache, and a real API server in the place of EKS.
 */
export class Standby {
  private constructor(
    readonly setting: StandbySetting,
    readonly stores: StandbyStores,
    readonly front: EksFront,
  ) {}

  static async prepare(run: RunFolder, setting: StandbySetting): Promise<Standby> {
    const { synthesised, parts, calls, api, certificate } = setting;
    const stores = await StandbyStores.start(run, synthesised, parts, calls, certificate);
    const front = new EksFront(api.endpoint, certificate, {
      cluster: parts.cluster,
      region: parts.region,
      groups: parts.groups,
    });
    const standby = new Standby(setting, stores, front);
    try {
      await standby.connect(await front.start());
    } catch (error) {
      await standby.stop();
      throw error;
    }
    return standby;
  }

  /** What a deployment knows of AWS is replaced by what plays it here. */
  private async connect(endpoint: string): Promise<void> {
    const { synthesised, parts, calls, certificate } = this.setting;
    // The emulator lets its functions speak to 127.0.0.1 without TLS; by this name they speak as on AWS.
    const names = { ...machineNames({ hosts: { [API_SERVER_NAME]: "127.0.0.1" } }), ...this.setting.variables };
    await setVariables(calls.standby, parts.steps.name, {
      DATABASES: JSON.stringify(parts.databases),
      CLUSTER: parts.cluster,
      CLUSTER_ENDPOINT: endpoint,
      CLUSTER_CA: Buffer.from(certificate.authority).toString("base64"),
      AWS_ENDPOINT_URL_RDS: this.stores.rdsUrl,
      AWS_ENDPOINT_URL_CLOUDWATCH: this.stores.rdsUrl,
      NODE_EXTRA_CA_CERTS: certificate.certificate,
      ...names,
    });
    if (parts.copies === undefined) return;
    const bucket = `${synthesised.environment.organisation}-${synthesised.environment.name}-cache-copies`;
    await calls.standby.makeBucket(bucket);
    const common = {
      BUCKET: bucket,
      BUCKET_REGION: parts.region,
      NODE_EXTRA_CA_CERTS: certificate.certificate,
      ...names,
    };
    await setVariables(calls.standby, parts.copies.load.name, { ...common, CACHES: this.stores.cachesOf("standby") });
    await setVariables(calls.primary, parts.copies.take.name, { ...common, CACHES: this.stores.cachesOf("primary") });
  }

  /** What the schedule of the primary does every few minutes. */
  async takeCopies(): Promise<void> {
    const { parts, calls } = this.setting;
    if (parts.copies !== undefined) await invoke(calls.primary, parts.copies.take.name, {});
  }

  /** The databases as the steps know them, with another limit of their lag; without one, the declared ones. */
  setMaxLag(maxLagSeconds?: number): Promise<void> {
    const { parts, calls } = this.setting;
    const databases = parts.databases.map((one): DatabaseOfPromotion => ({
      ...one,
      maxLagSeconds: maxLagSeconds ?? one.maxLagSeconds,
    }));
    return setVariables(calls.standby, parts.steps.name, { DATABASES: JSON.stringify(databases) });
  }

  promote(input: object, seconds: number): Promise<Execution> {
    return execute(this.setting.calls.standby, this.setting.deployed.promotionArn, input, seconds);
  }

  async stop(): Promise<void> {
    await this.front.stop();
    await this.stores.stop();
  }
}
