import { z } from "zod";
import { takes } from "./switches";

/** Every schema reads one value in a run: compiling a parser for it takes longer than reading by the rules. */
if (takes("interpreted-schemas")) z.config({ jitless: true });
