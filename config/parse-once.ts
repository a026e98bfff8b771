import { z } from "zod";

/** Every schema reads one value in a run: compiling a parser for it takes longer than reading by the rules. */
z.config({ jitless: true });
