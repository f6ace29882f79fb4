// LaunchDarkly's MCP server, whose models check every answer: all tools but those of code references and of the audit log, which the
// emulator leaves out. Argument: the program of the server.
import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const { LAUNCHDARKLY_ACCESS_TOKEN: token, LAUNCHDARKLY_BASE_URI: uri } = process.env;
const server = spawn("node", [process.argv[2], "start", "--api-key", token, "--server-url", uri], {
  stdio: ["pipe", "pipe", "ignore"],
});
const waiting = new Map();
let steps = 0;
createInterface({ input: server.stdout }).on("line", (line) => {
  const message = JSON.parse(line);
  waiting.get(message.id)?.(message);
});
const send = (message) => server.stdin.write(JSON.stringify({ jsonrpc: "2.0", ...message }) + "\n");
const ask = (method, params) =>
  new Promise((answered) => {
    waiting.set(waiting.size + 1, answered);
    send({ id: waiting.size, method, params });
  });
const tool = async (name, request) => {
  steps += 1;
  const answer = await ask("tools/call", { name, arguments: { request } });
  const text = answer.result?.content?.map((part) => part.text).join("") ?? JSON.stringify(answer.error);
  assert(!answer.result?.isError && !answer.error, `${name}: ${text}`);
  return text ? JSON.parse(text) : undefined;
};

await ask("initialize", { protocolVersion: "2024-11-05", capabilities: {}, clientInfo: { name: "story", version: "1" } });
send({ method: "notifications/initialized" });
const tools = new Set((await ask("tools/list", {})).result.tools.map((it) => it.name));
const project = { projectKey: "default" };

const environments = await tool("get-environments", project);
assert.deepEqual(environments.items.map((it) => it.key), ["production", "test"]);
await tool("create-feature-flag", { ...project, FeatureFlagBody: { name: "Checkout", key: "checkout" } });
const flag = { ...project, featureFlagKey: "checkout" };
await tool("list-feature-flags", project);
await tool("get-feature-flag", flag);
// The server has no way to say that a patch is semantic, so it changes flags by JSON patches.
const patch = [{ op: "replace", path: "/environments/production/on", value: true }];
const patched = await tool("update-feature-flag", { ...flag, PatchWithComment: { patch, comment: "on" } });
assert.equal(patched.environments.production.on, true);
await tool("get-flag-status-across-environments", flag);
await tool("delete-feature-flag", flag);

const config = { ...project, configKey: "assistant" };
await tool("create-ai-config", { ...project, AIConfigPost: { key: "assistant", name: "Assistant" } });
const AIConfigVariationPost = { key: "fast", name: "Fast", messages: [{ role: "system", content: "Be quick" }], model: {} };
await tool("create-ai-config-variation", { ...config, AIConfigVariationPost });
const variation = { ...config, variationKey: "fast" };
await tool("get-ai-config-variation", variation);
await tool("update-ai-config-variation", { ...variation, AIConfigVariationPatch: { name: "Faster" } });
const listed = await tool("list-ai-configs", project);
assert.equal(listed.totalCount, 1);
await tool("get-ai-config", config);
await tool("update-ai-config", { ...config, AIConfigPatch: { tags: ["one"] } });
const targeting = await tool("get-ai-config-targeting", config);
const serve = { kind: "updateFallthroughVariationOrRollout", variationId: targeting.variations[1]._id ?? targeting.variations[1].id };
const AIConfigTargetingPatch = { environmentKey: "production", instructions: [serve] };
const served = await tool("update-ai-config-targeting", { ...config, AIConfigTargetingPatch });
assert.equal(served.environments.production.fallthrough.variation, 1);
const back = { ...serve, variationId: targeting.variations[0]._id ?? targeting.variations[0].id };
await tool("update-ai-config-targeting", { ...config, AIConfigTargetingPatch: { environmentKey: "production", instructions: [back] } });
await tool("delete-ai-config-variation", variation);
await tool("delete-ai-config", config);

console.log(`${steps} steps, 0 failures, of ${tools.size} tools`);
server.kill();
process.exit(0);
