"""The Python of LaunchDarkly's published skills `aiconfig-segments` and `aiconfig-targeting` runs as it stands in their pages, with
the emulator in the place of LaunchDarkly. Argument: a folder in which the pages lie, in the folders of their names or as NAME.md. Their
code is not ours, so it is read from there and nowhere kept; without it the requests alone are sent, by `segments-emulator`'s own tests."""

import contextlib
import io
import os
import pathlib
import re
import sys

import requests

BASE, TOKEN = os.environ["LAUNCHDARKLY_BASE_URI"], os.environ["LAUNCHDARKLY_ACCESS_TOKEN"]
os.environ["LAUNCHDARKLY_API_TOKEN"] = TOKEN
steps = 0
statuses = []
original = requests.Session.request


def request(self, method, url, **options):
    """Leads what is meant for LaunchDarkly to the emulator, and keeps what it answered."""
    answer = original(self, method, url.replace("https://app.launchdarkly.com", BASE), **options)
    statuses.append((method, answer.status_code, answer.text[:200]))
    return answer


requests.Session.request = request


def step(done, what):
    global steps
    steps += 1
    wrong = [it for it in statuses if it[1] >= 400 and it[1] != 404]
    assert done and not wrong, (steps, what, wrong)


def page(name):
    folder = pathlib.Path(sys.argv[1])
    places = [*folder.glob(f"**/{name}/SKILL.md"), *folder.glob(f"**/{name}.md")]
    assert places, f"{name} is not in {folder}"
    return re.findall(r"```python\n(.*?)```", places[0].read_text(), re.S)


def run(code, scope):
    """Runs one block. What it prints says whether it was content."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(code, "<skill>", "exec"), scope)
    step("[ERROR]" not in said.getvalue(), said.getvalue())


# Every block of the first page, in its order, as a reader would run them.
scope = {"__name__": "__main__"}
for code in page("aiconfig-segments"):
    run(code, scope)
segments = scope["AIConfigSegments"](TOKEN, "default", "production")
step([it["key"] for it in segments.list_segments()], "list")
shown = segments.get_segment("beta-testers")
step(shown["included"] == ["user-123", "user-456", "user-789"] and shown["excluded"] == ["user-999"], shown)
step(segments.create_segment("eu-power-users-2", "EU") and segments.delete_segment("eu-power-users-2"), "delete")
scope.update(API_TOKEN=TOKEN, PROJECT_KEY="default")
scope["create_or_update_segment"]("another", "Another")
step(segments.get_segment("another"), "create or update")

# The second page defines one class, and shows patterns that use it on configs that a reader is to have.
headers = {"Authorization": TOKEN, "Content-Type": "application/json", "LD-API-Version": "beta"}
for key in ["chat-assistant", "model-selector"]:
    configs = f"{BASE}/api/v2/projects/default/ai-configs"
    assert requests.post(configs, headers=headers, json={"key": key, "name": key}).ok
    for variation in ["default", "careful"]:
        body = {"key": variation, "name": variation, "messages": [], "model": {"modelName": "m"}}
        assert requests.post(f"{configs}/{key}/variations", headers=headers, json=body).ok
blocks = page("aiconfig-targeting")
scope = {"__name__": "__main__"}
run(next(code for code in blocks if "class AIConfigTargeting" in code), scope)
targeting = scope["targeting"] = scope["AIConfigTargeting"](TOKEN, "default")
for code in blocks:
    if "targeting." in code and "class AIConfigTargeting" not in code:
        run(code, scope)
at = ("chat-assistant", "production")
clause = {"contextKind": "user", "attribute": "tier", "op": "in", "values": ["premium"], "negate": False}
step(targeting.enable_config(*at), "enable")
step(targeting.add_rule(*at, [clause], 1, "premium"), "rule")
weights = [{"variation": 1, "weight": 60000}, {"variation": 2, "weight": 40000}]
step(targeting.add_rollout_rule(*at, [clause], weights), "rollout")
step(targeting.target_individuals(*at, ["u-1"], 1), "targets")
step(targeting.target_segment(*at, ["beta-testers"], 2), "segment")
here = targeting.get_targeting("chat-assistant")["environments"]["production"]
step(len(here["rules"]) >= 3 and here["fallthrough"]["variation"] == 1, here)
step(targeting.clear_rules(*at), "clear")
print(f"{steps} steps, 0 failures")
