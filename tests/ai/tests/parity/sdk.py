"""LaunchDarkly's own AI SDK reads AI Configs from the emulator, and tracks runs.

Started by `.ci/clients`, which installs the SDK, and sets
LAUNCHDARKLY_BASE_URI and SDK_KEY. Reads cases in JSON, one on each line, and prints for each what the SDK
gives out, or `null` where the SDK raises an exception.
"""

import json
import logging
import os
import sys

import ldclient
from ldai import LDAIClient
from ldai.providers.types import JudgeResult
from ldai.tracker import FeedbackKind, TokenUsage
from ldclient.config import Config, HTTPConfig

logging.disable(logging.CRITICAL)


def track(config, run):
    tracker = config.create_tracker()
    if run["firstToken"] is not None:
        tracker.track_time_to_first_token(run["firstToken"])
    tracker.track_duration(run["duration"])
    if not run["success"]:
        tracker.track_error()
        return
    tracker.track_success()
    tokens = run["tokens"]
    if tokens is not None:
        tracker.track_tokens(TokenUsage(**tokens))
    tracker.track_tool_calls(run["tools"])
    if run["judge"] is not None:
        tracker.track_judge_result(
            JudgeResult(judge_config_key="judge", success=True, sampled=True, metric_key="score", score=run["judge"])
        )
    if run["feedback"] is not None:
        kind = FeedbackKind.Positive if run["feedback"] else FeedbackKind.Negative
        tracker.track_feedback({"kind": kind})
        tracker.track_feedback({"kind": kind})


def main():
    base = os.environ["LAUNCHDARKLY_BASE_URI"]
    ldclient.set_config(
        Config(
            os.environ["SDK_KEY"],
            base_uri=base,
            stream_uri=base,
            events_uri=base,
            events_max_pending=1_000_000,
            http=HTTPConfig(connect_timeout=10, read_timeout=60),
        )
    )
    client = ldclient.get()
    assert client.is_initialized(), "the SDK did not reach the emulator"
    ai = LDAIClient(client)
    for line in sys.stdin:
        case = json.loads(line)
        context = ldclient.Context.from_dict(case["context"])
        ask = getattr(ai, case["mode"] + "_config")
        try:
            config = ask(case["key"], context, None, case["variables"])
            shown = config.to_dict()
        except Exception:
            print("null")
            continue
        track(config, case["run"])
        shown["instructions"] = getattr(config, "instructions", None)
        print(json.dumps(shown))
    client.flush()
    client.close()


main()
