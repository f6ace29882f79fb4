// LaunchDarkly's SDKs for browsers, the present one and the one before it, on a page in headless Chromium. Arguments: the folder in
// which they are installed, and the browser.
import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [packages, browser] = process.argv.slice(2);
const { LAUNCHDARKLY_ACCESS_TOKEN: token, LAUNCHDARKLY_BASE_URI: uri } = process.env;
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

// A flag whose rule asks a segment, behind another flag, and an AI Config.
await rest("POST", "/segments/default/production", { key: "beta", name: "Beta" });
await patch("/segments/default/production/beta", { kind: "addIncludedTargets", contextKind: "user", values: ["u-1"] });
const needed = await rest("POST", "/flags/default", { key: "payments", name: "Payments" });
await patch("/flags/default/payments", { kind: "turnFlagOn" });
const flag = await rest("POST", "/flags/default", { key: "checkout", name: "Checkout" });
const asking = { contextKind: "user", attribute: "segmentMatch", op: "segmentMatch", values: ["beta"], negate: false };
await patch(
  "/flags/default/checkout",
  { kind: "turnFlagOn" },
  { kind: "addPrerequisite", key: "payments", variationId: needed.variations[0]._id },
  { kind: "addRule", variationId: flag.variations[0]._id, clauses: [asking] },
  { kind: "updateFallthroughVariationOrRollout", variationId: flag.variations[1]._id },
);
const environment = (await rest("GET", "/projects/default/environments/production"))._id;

// What the page does. It asks this program for changes, since a page has no access token.
const story = async (environment, uri, load) => {
  let steps = 0;
  const step = (value, expected) => {
    steps += 1;
    const [left, right] = [value, expected].map((it) => JSON.stringify(it));
    if (left !== right) throw new Error(`step ${steps}: ${left} is not ${right}`);
  };
  const until = async (holds) => {
    for (let tries = 0; tries < 200; tries += 1) {
      if (await holds()) return true;
      await new Promise((done) => setTimeout(done, 50));
    }
    return false;
  };
  const change = (what) => fetch(`/change/${what}`, { method: "POST" });
  const user = (key) => ({ kind: "user", key });
  for (const [name, start] of Object.entries(await load(environment, uri))) {
    const client = await start(user("u-1"));
    step(client.variation("checkout", false), true);
    const detail = client.variationDetail("checkout", false);
    step([detail.value, detail.reason.kind], [true, "RULE_MATCH"]);
    step(Object.keys(client.allFlags()).sort(), ["checkout", "payments"]);
    await client.identify(user("u-2"));
    step(client.variation("checkout", true), false);
    await change("include");
    step(await until(() => client.variation("checkout", false)), true);
    await change("off");
    step(await until(() => !client.variation("checkout", true)), true);
    const reason = client.variationDetail("checkout", true).reason;
    step([reason.kind, reason.prerequisiteKey], ["PREREQUISITE_FAILED", "payments"]);
    await client.identify({ kind: "multi", user: { key: "u-1" }, org: { key: "o-1" } });
    step(client.variation("payments", true), false);
    await change("back");
    step(await until(() => client.variation("checkout", false)), true);
    await client.close();
    console.info(`${name} is done`);
  }
  return steps;
};
const load = async (environment, uri) => {
  const options = { baseUri: uri, streamUri: uri, eventsUri: uri, streaming: true, diagnosticOptOut: true };
  const { createClient } = await import("/sdk.js");
  return {
    "@launchdarkly/js-client-sdk": async (context) => {
      const client = createClient(environment, context, { ...options, withReasons: true });
      client.start();
      await client.waitForInitialization({ timeout: 20 });
      return client;
    },
    "launchdarkly-js-client-sdk": async (context) => {
      const client = LDClient.initialize(environment, context, {
        baseUrl: uri, streamUrl: uri, eventsUrl: uri, streaming: true, evaluationReasons: true, diagnosticOptOut: true,
      });
      await client.waitForInitialization(20);
      return client;
    },
  };
};
const page = `<!doctype html><script src="/before.js"></script><script type="module">
const load = ${load};
const story = ${story};
story(${JSON.stringify(environment)}, ${JSON.stringify(uri)}, load)
  .then((steps) => ({ steps }), (error) => ({ error: String(error.stack ?? error) }))
  .then((said) => fetch("/said", { method: "POST", body: JSON.stringify(said) }));
</script>`;
const changes = {
  include: () => patch("/segments/default/production/beta", { kind: "addIncludedTargets", contextKind: "user", values: ["u-2"] }),
  off: () => patch("/flags/default/payments", { kind: "turnFlagOff" }),
  back: async () => {
    await patch("/segments/default/production/beta", { kind: "removeIncludedTargets", contextKind: "user", values: ["u-2"] });
    await patch("/flags/default/payments", { kind: "turnFlagOn" });
  },
};
const files = {
  "/sdk.js": "node_modules/@launchdarkly/js-client-sdk/dist/index.js",
  "/before.js": "node_modules/launchdarkly-js-client-sdk/dist/ldclient.min.js",
};
let say;
const said = new Promise((done) => (say = done));
const server = createServer(async (request, answer) => {
  const { url } = request;
  if (url === "/") return answer.setHeader("Content-Type", "text/html").end(page);
  if (files[url]) return answer.setHeader("Content-Type", "text/javascript").end(await readFile(join(packages, files[url])));
  if (url.startsWith("/change/")) {
    await changes[url.slice("/change/".length)]();
    return answer.end();
  }
  let body = "";
  for await (const part of request) body += part;
  if (url === "/said") say(JSON.parse(body));
  answer.end();
}).listen(0, "127.0.0.1");
await new Promise((done) => server.once("listening", done));

const profile = await mkdtemp(join(tmpdir(), "browser-"));
const address = `http://127.0.0.1:${server.address().port}/`;
// The sandbox wants rights that a container lacks; the page is ours.
const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", `--user-data-dir=${profile}`];
const chromium = spawn(browser, [...flags, "--enable-logging=stderr", address], { stdio: ["ignore", "ignore", "pipe"] });
let log = "";
chromium.stderr.on("data", (part) => (log += part));
const timer = new Promise((done) => setTimeout(() => done({ error: `the page said nothing\n${log.slice(-4000)}` }), 90_000));
const { steps, error } = await Promise.race([said, timer]);
chromium.kill("SIGKILL");
await new Promise((done) => chromium.once("exit", done));
await rm(profile, { recursive: true, force: true, maxRetries: 5 });
assert(!error, `${error}\n${log.slice(-2000)}`);
console.log(`${steps} steps, 0 failures`);
process.exit(0);
