// LaunchDarkly's SDKs for Node: the server SDK with either protocol, the AI SDK on it (completion, agent, judge), and the client
// SDK. Argument: the folder in which they are installed.
import { strict as assert } from "node:assert";
import { createRequire } from "node:module";

const require = createRequire(`${process.argv[2]}/`);
const { init } = require("@launchdarkly/node-server-sdk");
const { initAi } = require("@launchdarkly/server-sdk-ai");
const { initialize } = require("launchdarkly-node-client-sdk");
const { LAUNCHDARKLY_ACCESS_TOKEN: token, LAUNCHDARKLY_BASE_URI: uri, LAUNCHDARKLY_SDK_KEY: key } = process.env;
let steps = 0;
const step = (value, expected) => {
  steps += 1;
  assert.deepEqual(value, expected, `step ${steps}`);
};
const rest = async (method, path, body, semantic) => {
  const headers = {
    Authorization: token,
    "Content-Type": `application/json${semantic ? "; domain-model=launchdarkly.semanticpatch" : ""}`,
  };
  const answer = await fetch(`${uri}/api/v2${path}`, { method, headers, body: body && JSON.stringify(body) });
  assert(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`);
  return answer.json();
};
const patch = (path, ...instructions) => rest("PATCH", path, { environmentKey: "production", instructions }, true);
const until = async (holds) => {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await holds()) return true;
    await new Promise((done) => setTimeout(done, 50));
  }
  return false;
};

// A flag whose rule asks a segment, and an AI Config of each mode.
await rest("POST", "/segments/default/production", { key: "beta", name: "Beta" });
await patch("/segments/default/production/beta", { kind: "addIncludedTargets", contextKind: "user", values: ["u-1"] });
const flag = await rest("POST", "/flags/default", { key: "checkout", name: "Checkout" });
const asking = { contextKind: "user", attribute: "segmentMatch", op: "segmentMatch", values: ["beta"], negate: false };
await patch(
  "/flags/default/checkout",
  { kind: "turnFlagOn" },
  { kind: "addRule", variationId: flag.variations[0]._id, clauses: [asking] },
  { kind: "updateFallthroughVariationOrRollout", variationId: flag.variations[1]._id },
);
for (const mode of ["completion", "agent", "judge"]) {
  const extra = mode === "judge" ? { evaluationMetricKey: "$ld:ai:judge:relevance" } : {};
  await rest("POST", "/projects/default/ai-configs", { key: mode, name: mode, mode, ...extra });
  const body = { key: "one", name: "One", model: { modelName: "m" } };
  const said = { ...body, ...(mode === "agent" ? { instructions: "Help {{name}}" } : { messages: [{ role: "system", content: "Help {{name}}" }] }) };
  await rest("POST", `/projects/default/ai-configs/${mode}/variations`, said);
  const targeting = await rest("GET", `/projects/default/ai-configs/${mode}/targeting`);
  const serve = { kind: "updateFallthroughVariationOrRollout", variationId: targeting.variations[1]._id };
  await patch(`/projects/default/ai-configs/${mode}/targeting`, serve);
}

const quiet = { debug() {}, info() {}, warn() {}, error: console.error };
const server = init(key, { baseUri: uri, streamUri: uri, eventsUri: uri, logger: quiet });
await server.waitForInitialization({ timeout: 20 });
const [member, other] = ["u-1", "u-2"].map((key) => ({ kind: "user", key }));
step(await server.boolVariation("checkout", member, false), true);
step(await server.boolVariation("checkout", other, true), false);
await patch("/segments/default/production/beta", { kind: "addIncludedTargets", contextKind: "user", values: ["u-2"] });
step(await until(() => server.boolVariation("checkout", other, false)), true);

const ai = initAi(server);
const completion = await ai.completionConfig("completion", member, { enabled: false }, { name: "Ann" });
step([completion.enabled, completion.messages[0].content], [true, "Help Ann"]);
const agent = await ai.agentConfig("agent", member, { enabled: false }, { name: "Ann" });
step([agent.enabled, agent.instructions], [true, "Help Ann"]);
const judge = await ai.judgeConfig("judge", member, { enabled: false });
step([judge.enabled, judge.evaluationMetricKey], [true, "$ld:ai:judge:relevance"]);
await server.flush();
server.close();

// The protocol of the newest server SDKs: a poll, then a stream.
const newest = init(key, { baseUri: uri, streamUri: uri, eventsUri: uri, logger: quiet, dataSystem: {} });
await newest.waitForInitialization({ timeout: 20 });
step(await newest.boolVariation("checkout", other, false), true);
await patch("/segments/default/production/beta", { kind: "removeIncludedTargets", contextKind: "user", values: ["u-2"] });
step(await until(async () => !(await newest.boolVariation("checkout", other, true))), true);
newest.close();

const environment = await rest("GET", "/projects/default/environments/production");
const client = initialize(environment._id, member, {
  baseUrl: uri, streamUrl: uri, eventsUrl: uri, streaming: true, evaluationReasons: true, logger: quiet, diagnosticOptOut: true,
});
await client.waitForInitialization(20);
step(client.variation("checkout", false), true);
step(client.variationDetail("checkout", false).reason.kind, "RULE_MATCH");
await patch("/flags/default/checkout", { kind: "turnFlagOff" });
step(await until(() => client.variation("checkout", true) === false), true);
await client.identify({ kind: "user", key: "u-3" });
step(client.variation("checkout", true), false);
await client.close();

console.log(`${steps} steps, 0 failures`);
process.exit(0);
