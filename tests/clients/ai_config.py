"""LaunchDarkly's own AI SDK asks the emulator which variation contexts are served.

Started by `.ci/clients`, which installs the SDK, and sets LAUNCHDARKLY_BASE_URI, SDK_KEY
and AI_CONFIG. Reads contexts in JSON, one on each line, and prints for each the key of the variation
and the model that the SDK gives out.
"""

import json
import os
import sys

import ldclient
from ldai.client import AICompletionConfigDefault, LDAIClient
from ldclient.config import Config, HTTPConfig

base = os.environ["LAUNCHDARKLY_BASE_URI"]
ldclient.set_config(
    Config(
        os.environ["SDK_KEY"],
        base_uri=base,
        stream_uri=base,
        events_uri=base,
        send_events=False,
        http=HTTPConfig(connect_timeout=10, read_timeout=10),
    )
)
client = ldclient.get()
assert client.is_initialized(), "the SDK did not reach the emulator"
ai = LDAIClient(client)
for line in sys.stdin:
    context = ldclient.Context.from_dict(json.loads(line))
    config = ai.completion_config(os.environ["AI_CONFIG"], context, AICompletionConfigDefault(enabled=False))
    key = client.variation(os.environ["AI_CONFIG"], context, {})["_ldMeta"].get("variationKey")
    print(json.dumps({"enabled": config.enabled, "model": config.model and config.model.name, "variation": key}))
client.close()
