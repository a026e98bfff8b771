import { App } from "cdktf";

new App({ outdir: process.env["CDKTF_OUTDIR"] ?? "cdktf.out" }).synth();
