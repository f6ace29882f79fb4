"""LaunchDarkly's own Python client goes through the life of a segment against the emulator.

The client is typed and strict: an answer that lacks a required member or has one of the wrong type
is an exception. Started by `.ci/clients`, which installs the client and sets
LAUNCHDARKLY_BASE_URI and LAUNCHDARKLY_ACCESS_TOKEN.
"""

import os
import time

import launchdarkly_api as ld
from launchdarkly_api.exceptions import ApiException

PROJECT, ENVIRONMENT = "default", "test"
HERE = (PROJECT, ENVIRONMENT)


def status_of(call):
    try:
        call()
    except ApiException as error:
        return error.status
    return None


class Counting(ld.ApiClient):
    """Every call is a step, which checks the answer by the models."""

    steps = 0

    def call_api(self, *arguments, **options):
        Counting.steps += 1
        return super().call_api(*arguments, **options)


configuration = ld.Configuration(host=os.environ["LAUNCHDARKLY_BASE_URI"])
configuration.api_key["ApiKey"] = os.environ["LAUNCHDARKLY_ACCESS_TOKEN"]

with Counting(configuration) as client:
    segments = ld.SegmentsApi(client)

    # Create and get.
    made = segments.post_segment(
        *HERE, ld.SegmentBody(key="beta", name="Beta", tags=["t"], description="why")
    )
    assert (made.key, made.version, made.rules) == ("beta", 1, []), made
    assert status_of(lambda: segments.post_segment(*HERE, ld.SegmentBody(key="beta", name="B"))) == 409
    assert segments.get_segment(*HERE, "beta").name == "Beta"
    assert status_of(lambda: segments.get_segment(*HERE, "nobody")) == 404

    # JSON patch and merge patch.
    operation = ld.PatchOperation(op="add", path="/included/-", value="u-1")
    changed = segments.patch_segment(*HERE, "beta", ld.PatchWithComment(patch=[operation]))
    assert (changed.included, changed.version) == (["u-1"], 2), changed
    rule = {"clauses": [{"attribute": "email", "op": "endsWith", "values": ["@x.io"], "negate": False}]}
    operation = ld.PatchOperation(op="add", path="/rules/-", value=rule)
    changed = segments.patch_segment(*HERE, "beta", ld.PatchWithComment(patch=[operation], comment="rule"))
    assert changed.rules[0].id and changed.rules[0].clauses[0].id, changed
    preview = ld.PatchWithComment(patch=[ld.PatchOperation(op="replace", path="/name", value="New")])
    assert segments.patch_segment(*HERE, "beta", preview, dry_run=True).name == "New"
    assert segments.get_segment(*HERE, "beta").name == "Beta"

    # List and filter.
    for index in range(24):
        segments.post_segment(*HERE, ld.SegmentBody(key=f"s{index}", name=f"Segment {index}"))
    page = segments.get_segments(*HERE)
    assert (len(page.items), page.total_count) == (20, 25), page
    rest = segments.get_segments(*HERE, limit=50, offset=20)
    assert len(rest.items) == 5, rest
    found = segments.get_segments(*HERE, filter='tags anyOf ["t"]', sort="name")
    assert [item.key for item in found.items] == ["beta"], found

    # Expiring targets.
    soon = int(time.time() * 1000) + 1500
    add = ld.PatchSegmentExpiringTargetInstruction(
        kind="addExpiringTarget", target_type="included", context_key="u-1", context_kind="user", value=soon
    )
    body = ld.PatchSegmentExpiringTargetInputRep(instructions=[add])
    semantic = "application/json; domain-model=launchdarkly.semanticpatch"
    answer = segments.patch_expiring_targets_for_segment(
        *HERE, "beta", body, _content_type=semantic, _headers={"Content-Type": semantic}
    )
    assert (answer.successful_instructions, answer.items[0].context_key) == (1, "u-1"), answer
    listed = segments.get_expiring_targets_for_segment(*HERE, "beta")
    assert listed.items[0].expiration_date == soon, listed

    # Evaluate.
    def member_of(context):
        answer = segments.get_context_instance_segments_membership_by_env(*HERE, context)
        return {item.key: item for item in answer.items}

    assert member_of({"kind": "user", "key": "u-1"})["beta"].is_individually_targeted
    assert member_of({"kind": "user", "key": "u-2", "email": "a@x.io"})["beta"].is_rule_targeted
    assert not member_of({"kind": "user", "key": "u-2"})["beta"].is_member

    # Big segments.
    segments.post_segment(
        *HERE, ld.SegmentBody(key="big", name="Big", unbounded=True, unbounded_context_kind="user")
    )
    state = ld.SegmentUserState(included=ld.SegmentUserList(add=["u-7", "u-8"]))
    segments.update_big_segment_context_targets(*HERE, "big", state)
    membership = segments.get_segment_membership_for_context(*HERE, "big", "u-7")
    assert (membership.included, membership.excluded) == (True, False), membership
    assert member_of({"kind": "user", "key": "u-7"})["big"].is_member
    assert status_of(lambda: segments.update_big_segment_context_targets(*HERE, "beta", state)) == 400

    # What expires does.
    deadline = time.time() + 5
    while segments.get_segment(*HERE, "beta").included and time.time() < deadline:
        time.sleep(0.1)
    assert segments.get_segment(*HERE, "beta").included == []

    # Context kinds, flags, projects.
    kinds = ld.ContextsApi(client)
    kinds.put_context_kind(PROJECT, "org", ld.UpsertContextKindPayload(name="Organization"))
    assert {kind.key for kind in kinds.get_context_kinds_by_project_key(PROJECT).items} == {"user", "org"}
    assert ld.ProjectsApi(client).get_project(PROJECT).key == PROJECT
    assert ld.EnvironmentsApi(client).get_environment(*HERE).key == ENVIRONMENT
    flags = ld.FeatureFlagsApi(client)
    assert flags.post_feature_flag(PROJECT, ld.FeatureFlagBody(key="page", name="Page")).key == "page"
    assert flags.get_feature_flag(PROJECT, "page").environments["test"].on is False

    # Delete.
    segments.delete_segment(*HERE, "beta")
    assert status_of(lambda: segments.get_segment(*HERE, "beta")) == 404

print(f"{Counting.steps} steps, 0 failures")
