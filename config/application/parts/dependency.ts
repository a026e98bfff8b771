import { z } from "zod";
import { allow, settings } from "../../allowed";
import { count, dnsLabel, host } from "../fields";

const storeName = dnsLabel(30, "it names the store and the secret that holds its connection");

/** What a component reaches: nothing else is open to it. */
const forms = z.union([
  settings({ /** A cache or queue of `caches`, on 6379 with TLS. */ redis: storeName }),
  settings({
    /** A database of `databases`, on 5432 with TLS. */
    postgres: storeName,
    /** Connections that one pod keeps open at most: the sum of all pods must fit the database. */
    poolSize: count(1, 500, "connections a pod", "a pool without a bound takes the database's last connection"),
  }),
  settings({ /** Another service of the application, by its name. */ component: z.string() }),
  settings({
    /** An HTTPS API outside the platform, by host name. It opens port 443 to every public address: network policies know networks, not names, and the name is not enforced. */ https:
      host,
  }),
]);

export const dependency = allow(
  forms,
  'redis("…"), postgres("…", connections), component("…") or https("host.example")',
  "network policies open the ways of these forms only; any https host opens port 443 to every public address, because they know networks, not names",
);

export type Dependency = z.infer<typeof forms>;
export type DependencyLiteral = z.input<typeof forms>;
