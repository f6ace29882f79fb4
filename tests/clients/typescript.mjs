// LaunchDarkly's client for TypeScript, which is generated from the document of its API: projects, flags, segments, contexts, AI
// Configs and approvals. It types its requests and checks no answer, so the story looks at the members that it reads. A semantic patch
// is typed as a JSON patch there; the header and the instructions that make it one are given by hand. Argument: the folder in which
// it is installed.
import { strict as assert } from "node:assert";
import { createRequire } from "node:module";

const require = createRequire(`${process.argv[2]}/`);
const api = require("launchdarkly-api-typescript");
const { LAUNCHDARKLY_ACCESS_TOKEN: apiKey, LAUNCHDARKLY_BASE_URI: basePath } = process.env;
const of = (name) => new api[name](new api.Configuration({ apiKey, basePath }));
let steps = 0;
const step = async (answer, expected, read = (it) => it) => {
  steps += 1;
  const { data } = await answer;
  if (expected !== undefined) assert.deepEqual(read(data), expected, `step ${steps}`);
  return data;
};
const refused = async (answer, status) => {
  steps += 1;
  const error = await answer.then(
    () => assert.fail(`step ${steps} is not refused`),
    (error) => error,
  );
  assert.deepEqual([error.response.status, typeof error.response.data.message], [status, "string"], `step ${steps}`);
};
const semantic = { headers: { "Content-Type": "application/json; domain-model=launchdarkly.semanticpatch" } };
const patch = (...instructions) => ({ environmentKey: "production", comment: "c", instructions });
const keys = (it) => it.items.map((item) => item.key);

// Projects and environments.
const [projects, environments] = [of("ProjectsApi"), of("EnvironmentsApi")];
await step(projects.postProject({ key: "shop", name: "Shop" }), ["production", "test"], (it) => it.environments.map((one) => one.key).sort());
await step(projects.getProjects(20, 0, "query:shop"), ["shop"], keys);
await step(projects.patchProject("shop", [{ op: "replace", path: "/name", value: "The shop" }]), "The shop", (it) => it.name);
await step(environments.postEnvironment("shop", { key: "staging", name: "Staging", color: "417505" }), "staging", (it) => it.key);
await step(environments.getEnvironmentsByProject("shop", 2), [3, 2], (it) => [it.totalCount, it.items.length]);
await step(of("OtherApi").getCallerIdentity(), "auth", (it) => it.tokenKind);

// Flags: prerequisites, dependents, targets that expire.
const flags = of("FeatureFlagsApi");
const needed = await step(flags.postFeatureFlag("shop", { key: "payments", name: "Payments" }));
const flag = await step(flags.postFeatureFlag("shop", { key: "checkout", name: "Checkout" }));
await refused(flags.postFeatureFlag("shop", { key: "checkout", name: "Checkout" }), 409);
const add = patch(
  { kind: "turnFlagOn" },
  { kind: "addPrerequisite", key: "payments", variationId: needed.variations[0]._id },
  { kind: "addTargets", variationId: flag.variations[1]._id, contextKind: "user", values: ["u-9"] },
);
const here = (it) => it.environments.production;
await step(flags.patchFeatureFlag("shop", "checkout", add, undefined, semantic), [{ key: "payments", variation: 0 }], (it) => here(it).prerequisites);
await step(of("FeatureFlagsBetaApi").getDependentFlags("shop", "payments"), [["checkout", "production"]], (it) => it.items.map((one) => [one.key, one.environments[0].key]));
await step(of("FeatureFlagsBetaApi").getDependentFlagsByEnv("shop", "production", "payments"), ["checkout"], keys);
const expire = { instructions: [{ kind: "addExpiringTarget", variationId: flag.variations[1]._id, contextKey: "u-9", contextKind: "user", value: 4102444800000 }] };
await step(flags.patchExpiringTargets("shop", "production", "checkout", expire, semantic), 1, (it) => it.successfulInstructions);
await step(flags.getExpiringContextTargets("shop", "production", "checkout"), "u-9", (it) => it.items[0].contextKey);
const rename = { patch: [{ op: "replace", path: "/name", value: "Till" }] };
await step(flags.patchFeatureFlag("shop", "checkout", rename), "Till", (it) => it.name);
await step(flags.getFeatureFlags("shop", "production", undefined, 1), [2, 1], (it) => [it.totalCount, it.items.length]);
await refused(flags.deleteFeatureFlag("shop", "payments"), 409);

// Segments, small and big, and the contexts in them.
const [segments, contexts] = [of("SegmentsApi"), of("ContextsApi")];
await step(segments.postSegment("shop", "production", { key: "beta", name: "Beta", tags: ["t"] }), 1, (it) => it.version);
const include = patch({ kind: "addIncludedTargets", contextKind: "user", values: ["u-1"] });
await step(segments.patchSegment("shop", "production", "beta", include, semantic), ["u-1"], (it) => it.included);
await step(segments.getSegments("shop", "production", 20, 0, "name", 'tags anyOf ["t"]'), ["beta"], keys);
const soon = { instructions: [{ kind: "addExpiringTarget", targetType: "included", contextKey: "u-1", contextKind: "user", value: 4102444800000 }] };
await step(segments.patchExpiringTargetsForSegment("shop", "production", "beta", soon, semantic), 1, (it) => it.successfulInstructions);
const big = { key: "many", name: "Many", unbounded: true, unboundedContextKind: "user" };
await step(segments.postSegment("shop", "production", big), true, (it) => it.unbounded);
await step(segments.updateBigSegmentContextTargets("shop", "production", "many", { included: { add: ["u-1"] } }));
await step(segments.getSegmentMembershipForContext("shop", "production", "many", "u-1"), true, (it) => it.included);
const ann = { kind: "user", key: "u-1", plan: "pro" };
await step(segments.getContextInstanceSegmentsMembershipByEnv("shop", "production", ann), [true, true], (it) => it.items.map((one) => one.isMember));
await step(contexts.evaluateContextInstance("shop", "production", ann), ["checkout", "payments"], keys);
await step(contexts.searchContexts("shop", "production", { filter: "user.plan equals pro" }), ["u-1"], (it) => it.items.map((one) => one.context.key));
const [instance] = (await step(contexts.searchContextInstances("shop", "production", { filter: 'kindKeys contains ["user:u-1"]' }))).items;
await step(contexts.getContextInstances("shop", "production", instance.id), 1, (it) => it.totalCount);
await step(contexts.getContextAttributeNames("shop", "production", "kind equals user"), "user", (it) => it.items[0].kind);
await step(contexts.putContextKind("shop", "org", { name: "Organization" }), "success", (it) => it.status);
await step(contexts.getContextKindsByProjectKey("shop"), ["org", "user"], (it) => keys(it).sort());
await step(contexts.deleteContextInstances("shop", "production", instance.id));

// AI Configs. This version of the client knows no targeting of theirs.
const configs = of("AIConfigsBetaApi");
await step(configs.postAIConfig("beta", "shop", { key: "assistant", name: "Assistant", mode: "agent" }), "agent", (it) => it.mode);
const variation = { key: "fast", name: "Fast", instructions: "Help", model: { modelName: "m" } };
await step(configs.postAIConfigVariation("beta", "shop", "assistant", variation), "fast", (it) => it.key);
await step(configs.getAIConfigs("beta", "shop"), ["assistant"], keys);

// Approvals: of a segment, and of a flag at its own endpoint.
const approvals = of("ApprovalsApi");
const asked = { resourceId: "proj/shop:env/production:segment/beta", description: "Let another one in", instructions: include.instructions };
const request = await step(approvals.postApprovalRequest(asked));
await step(approvals.getApprovalRequests("resourceKind equals segment", undefined, 5), [request._id], (it) => it.items.map((one) => one._id));
await step(approvals.postApprovalRequestReview(request._id, { kind: "approve" }), "approved", (it) => it.reviewStatus);
await step(approvals.postApprovalRequestApply(request._id, { comment: "c" }), "completed", (it) => it.status);
await step(approvals.deleteApprovalRequest(request._id));
const off = { description: "Off", instructions: [{ kind: "turnFlagOff" }] };
const of_flag = await step(approvals.postApprovalRequestForFlag("shop", "checkout", "production", off));
await step(approvals.getApprovalsForFlag("shop", "checkout", "production"), 1, (it) => it.items.length);
await step(approvals.postApprovalRequestReviewForFlag("shop", "checkout", "production", of_flag._id, { kind: "approve" }));
await step(approvals.postApprovalRequestApplyForFlag("shop", "checkout", "production", of_flag._id, { comment: "c" }));
await step(flags.getFeatureFlag("shop", "checkout"), false, (it) => here(it).on);

await step(segments.deleteSegment("shop", "production", "beta"));
await refused(segments.getSegment("shop", "production", "beta"), 404);
await step(configs.deleteAIConfig("beta", "shop", "assistant"));
await step(projects.deleteProject("shop"));
console.log(`${steps} steps, 0 failures`);
