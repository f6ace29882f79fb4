"""LaunchDarkly's own Python client, with its models and its checks of them: targeting, projects, environments, and approvals of all
three kinds. Where the client itself sends plain JSON although the service wants a semantic patch, the story says so."""

import json
import os

import launchdarkly_api as ld
from launchdarkly_api import api

SEMANTIC = "application/json; domain-model=launchdarkly.semanticpatch"
configuration = ld.Configuration(host=os.environ["LAUNCHDARKLY_BASE_URI"])
configuration.api_key["ApiKey"] = os.environ["LAUNCHDARKLY_ACCESS_TOKEN"]
steps = 0


def step(value, expected=None):
    """Counts a step, and checks what came of it."""
    global steps
    steps += 1
    if expected is not None:
        assert value == expected, (steps, value, expected)
    return value


def semantic(client, path, environment, instructions):
    """The client types the body of these requests as a JSON patch, so the semantic form is sent by hand."""
    body = {"environmentKey": environment, "instructions": instructions}
    headers = {"Authorization": os.environ["LAUNCHDARKLY_ACCESS_TOKEN"], "Content-Type": SEMANTIC}
    response = client.rest_client.request(
        "PATCH", os.environ["LAUNCHDARKLY_BASE_URI"] + path, headers=headers, body=body
    )
    response.read()
    assert response.status == 200, (path, response.status, response.data)
    return json.loads(response.data)


with ld.ApiClient(configuration) as client:
    projects = api.ProjectsApi(client)
    environments = api.EnvironmentsApi(client)
    flags = api.FeatureFlagsApi(client)
    approvals = api.ApprovalsApi(client)
    kinds = api.ContextsApi(client)

    # Projects and environments.
    made = step(projects.post_project(ld.ProjectPost(name="Shop", key="shop")))
    step(sorted(it.key for it in made.environments), ["production", "test"])
    step(projects.get_project("shop", expand="environments").environments.total_count, 2)
    step("shop" in [it.key for it in projects.get_projects(limit=20).items], True)
    rename = [ld.PatchOperation(op="replace", path="/name", value="The shop")]
    step(projects.patch_project("shop", rename).name, "The shop")
    new = ld.EnvironmentPost(name="Staging", key="staging", color="417505")
    step(environments.post_environment("shop", new).key, "staging")
    step(environments.get_environments_by_project("shop").total_count, 3)
    step(environments.get_environment("shop", "staging").name, "Staging")
    rename = [ld.PatchOperation(op="replace", path="/name", value="Before")]
    step(environments.patch_environment("shop", "staging", rename).name, "Before")
    step(environments.delete_environment("shop", "staging"))

    # Flags and what they serve.
    step(flags.post_feature_flag("shop", ld.FeatureFlagBody(name="Checkout", key="checkout")).key, "checkout")
    path = "/api/v2/flags/shop/checkout"
    step(semantic(client, path, "test", [{"kind": "turnFlagOn"}])["environments"]["test"]["on"], True)
    flag = step(flags.get_feature_flag("shop", "checkout"))
    rule = {
        "kind": "addRule",
        "variationId": flag.variations[1].id,
        "clauses": [{"contextKind": "user", "attribute": "plan", "op": "in", "values": ["pro"], "negate": False}],
    }
    step(semantic(client, path, "test", [rule]))
    step(flags.get_feature_flag("shop", "checkout").environments["test"].rules[0].variation, 1)
    patch = ld.PatchWithComment(patch=[ld.PatchOperation(op="replace", path="/name", value="Till")], comment="c")
    step(flags.patch_feature_flag("shop", "checkout", patch).name, "Till")
    step(flags.get_feature_flags("shop").items[0].key, "checkout")
    step(flags.get_feature_flag_status("shop", "test", "checkout").name, "new")
    step(flags.get_feature_flag_statuses("shop", "test").items[0].name, "new")

    # Segments, and contexts in them.
    segments = api.SegmentsApi(client)
    step(segments.post_segment("shop", "test", ld.SegmentBody(name="Beta", key="beta")).version, 1)
    add = {"kind": "addIncludedTargets", "contextKind": "user", "values": ["u-1"]}
    step(semantic(client, "/api/v2/segments/shop/test/beta", "test", [add])["included"], ["u-1"])
    context = {"kind": "user", "key": "u-1", "plan": "pro"}
    members = segments.get_context_instance_segments_membership_by_env("shop", "test", context)
    step([it.is_member for it in members.items], [True])
    evaluations = kinds.evaluate_context_instance("shop", "test", context)
    step([it.key for it in evaluations.items], ["checkout"])
    step(kinds.get_context_attribute_names("shop", "test").items[0].kind, "user")
    step(kinds.get_context_attribute_values("shop", "test", "plan").items[0].values[0].name, "pro")
    step(kinds.put_context_kind("shop", "org", ld.UpsertContextKindPayload(name="Organization")).status, "success")
    step(sorted(it.key for it in kinds.get_context_kinds_by_project_key("shop").items), ["org", "user"])

    # Approvals: of a segment, of a flag at its own endpoint, and of an AI Config.
    new = ld.CreateApprovalRequestRequest(
        resource_id="proj/shop:env/test:segment/beta",
        description="Let another one in",
        instructions=[{"kind": "addIncludedTargets", "contextKind": "user", "values": ["u-2"]}],
    )
    request = step(approvals.post_approval_request(new))
    listed = approvals.get_approval_requests(filter='resourceKind equals segment,status anyOf ["pending"]')
    step([it.id for it in listed.items], [request.id])
    review = ld.PostApprovalRequestReviewRequest(kind="approve")
    step(approvals.post_approval_request_review(request.id, review).review_status, "approved")
    applied = ld.PostApprovalRequestApplyRequest(comment="c")
    step(approvals.post_approval_request_apply(request.id, applied).status, "completed")
    new = ld.CreateFlagConfigApprovalRequestRequest(description="Off", instructions=[{"kind": "turnFlagOff"}])
    request = step(approvals.post_approval_request_for_flag("shop", "checkout", "test", new))
    step(len(approvals.get_approvals_for_flag("shop", "checkout", "test").items), 1)
    step(approvals.post_approval_request_review_for_flag("shop", "checkout", "test", request.id, review))
    step(approvals.post_approval_request_apply_for_flag("shop", "checkout", "test", request.id, applied))
    step(flags.get_feature_flag("shop", "checkout").environments["test"].on, False)

    # AI Configs, and what they serve.
    name = "AgentControlApi" if hasattr(api, "AgentControlApi") else "AIConfigsApi"
    configs = getattr(api, name)(client)
    step(configs.post_ai_config("shop", ld.AIConfigPost(name="Assistant", key="assistant")).key, "assistant")
    variation = ld.AIConfigVariationPost(name="Fast", key="fast", messages=[], model={"modelName": "m"})
    step(configs.post_ai_config_variation("shop", "assistant", variation).key, "fast")
    step(configs.get_ai_configs("shop").total_count, 1)
    targeting = step(configs.get_ai_config_targeting("shop", "assistant"))
    serve = {"kind": "updateFallthroughVariationOrRollout", "variationId": targeting.variations[1].id}
    path = "/api/v2/projects/shop/ai-configs/assistant/targeting"
    step(semantic(client, path, "test", [serve]))
    step(configs.get_ai_config_targeting("shop", "assistant").environments["test"].fallthrough.variation, 1)
    new = ld.CreateApprovalRequestRequest(
        resource_id="proj/shop:env/test:aiconfig/assistant", description="Serve it", instructions=[serve]
    )
    request = step(approvals.post_approval_request(new))
    listed = approvals.get_approval_requests(filter='resourceKind equals aiConfig,status anyOf ["pending"]')
    step([it.id for it in listed.items], [request.id])
    step(approvals.delete_approval_request(request.id))
    step(projects.delete_project("shop"))

print(f"{steps} steps, 0 failures")
