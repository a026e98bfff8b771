// `node dist/proof/gateway-main.js <upstream> <port> …`: a gateway before each emulator, until a signal ends it.
import { createGateway } from "./gateway";

const words = process.argv.slice(2);
for (let at = 0; at < words.length; at += 2) createGateway(words[at] ?? "").listen(Number(words[at + 1]), "127.0.0.1");
