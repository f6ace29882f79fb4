// LaunchDarkly's Node SDK answers the cases of a file: a flag for each, whose first rule is the case.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [flags, cases] = process.argv.slice(2);
const require = createRequire(process.cwd() + "/");
const sdk = require("@launchdarkly/node-server-sdk");
const { FileDataSourceFactory } = require("@launchdarkly/node-server-sdk/integrations");

const silent = { error() {}, warn() {}, info() {}, debug() {} };
const source = new FileDataSourceFactory({ paths: [flags] });
const client = sdk.init("none", {
  sendEvents: false,
  updateProcessor: source.getFactory(),
  logger: silent,
});
await client.waitForInitialization({ timeout: 60 });
const lines = readFileSync(cases, "utf8").split("\n").filter((line) => line !== "");
const output = [];
for (const line of lines) {
  const { flag, values } = JSON.parse(line);
  let answers = "";
  for (const value of values) {
    const context = { kind: "user", key: "u", a: value };
    const answer = await client.variation(flag, context, null);
    answers += answer === true ? "1" : answer === false ? "0" : "x";
  }
  output.push(answers);
}
process.stdout.write(output.join("\n") + "\n", () => process.exit(0));
