export { fromOpenSlo, type OpenSloFault, type OpenSloImport } from "./read";
export { toOpenSlo } from "./write";
