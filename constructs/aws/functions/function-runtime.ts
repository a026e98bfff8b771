import { type Environment, isEmulated } from "../../../config/environment";

/** Node.js 24 is maintained until 2028-04-30, 22 until 2027-04-30; Lambda offers 24 since November 2025 and ends a runtime with its Node.js (published dates, read 2026-11-21). */
const runtime = "nodejs24.x";
/** A provider of a local mirror may be older than Node.js 24 and refuses a name that it does not know. */
const localRuntime = "nodejs22.x";

/** Runtime of the platform's own functions. */
export const functionRuntime = (environment: Environment): string => (isEmulated(environment) ? localRuntime : runtime);
