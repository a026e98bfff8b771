/** How an application's pods reach a store of their region. */
export interface StoreEndpoint {
  readonly kind: "postgres" | "redis";
  readonly host: string;
  readonly port: number;
  /** Database inside the instance, or number of the Redis database. */
  readonly database: string;
}
