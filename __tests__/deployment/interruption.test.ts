import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { childrenOf, Interruption } from "../../deployment/interruption";

/** A parent that starts two children, the second late, and ends after both: as cdktf does with Terraform. */
const PARENT = `
const { spawn } = require("node:child_process");
const child = (name) => spawn(process.execPath, ["-e", \`
  process.on("SIGINT", () => { console.log("\${name} interrupted"); setTimeout(() => process.exit(1), 50); });
  setTimeout(() => console.log("\${name} ready"), 0);
  setTimeout(() => process.exit(2), 20000);
\`], { stdio: ["ignore", "inherit", "inherit"] });
const first = child("first");
first.on("exit", (code) => {
  console.log("first ended with " + code);
  child("second").on("exit", (last) => console.log("second ended with " + last));
});
`;

test("a second wish to end reaches each Terraform, also one that starts later, and lets cdktf wait for them", async () => {
  const parent = spawn(process.execPath, ["-e", PARENT], { stdio: ["ignore", "pipe", "inherit"] });
  const interruption = new Interruption(() => parent.pid);
  const said: string[] = [];
  createInterface({ input: parent.stdout }).on("line", (line) => {
    said.push(line);
    if (line !== "first ready") return;
    expect(interruption.ask()).toContain("once more interrupts Terraform");
    expect(interruption.ask()).toContain("interrupting Terraform");
  });
  const code = await new Promise((resolve) => parent.once("close", resolve));
  interruption.end();
  expect(interruption.asked).toBe(true);
  expect(code).toBe(0);
  expect(said.slice(0, 3)).toEqual(["first ready", "first interrupted", "first ended with 1"]);
  // A child that is told before it listens ends by the signal itself: nothing is locked yet.
  expect(said.at(-1)).toMatch(/^second ended with (1|null)$/);
}, 60_000);

test("the first wish to end lets Terraform finish", async () => {
  const parent = spawn(
    process.execPath,
    [
      "-e",
      `const { spawn } = require("node:child_process");
      spawn(process.execPath, ["-e", "console.log('ready'); setTimeout(() => process.exit(0), 400)"], { stdio: "inherit" })
        .on("exit", (code, signal) => console.log("ended with " + code + signal));`,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const interruption = new Interruption(() => parent.pid);
  const said: string[] = [];
  createInterface({ input: parent.stdout }).on("line", (line) => {
    said.push(line);
    if (line === "ready") interruption.ask();
  });
  await new Promise((resolve) => parent.once("close", resolve));
  interruption.end();
  expect(interruption.asked).toBe(true);
  expect(said).toEqual(["ready", "ended with 0null"]);
}, 60_000);

test("a process without children has none", () => {
  expect(childrenOf(999_999_999)).toEqual([]);
});
