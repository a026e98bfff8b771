import { App } from "cdktf";
import { loadEnvironment } from "../config/load";
import { buildPlatform } from "../stacks/platform";

const app = new App({ outdir: process.env["CDKTF_OUTDIR"] ?? "cdktf.out" });
buildPlatform(app, loadEnvironment({}));
app.synth();
