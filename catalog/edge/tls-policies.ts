import data from "./tls-policies.json";

/** Listener policies with TLS 1.3 and post-quantum key exchange; AWS adds names, and never changes what one means. */
export const postQuantumTlsPolicies: readonly string[] = data.policies.map(({ name }) => name);

/** Those of them that also accept TLS 1.2, which Route 53's HTTPS health checks need. */
export const checkableTlsPolicies: readonly string[] = data.policies
  .filter(({ oldestTls }) => oldestTls <= 1.2)
  .map(({ name }) => name);
