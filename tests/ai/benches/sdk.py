"""How long LaunchDarkly's AI SDK for Python takes for what `config.rs` measures, on the same value.

Started by `cargo bench -p segments-ai-tests`. Takes the value that is served, and prints nanoseconds: of reading, and of
a run.
"""

import json
import logging
import sys
import time

from ldai import LDAIClient
from ldai.tracker import TokenUsage
from ldclient import Context

logging.disable(logging.CRITICAL)
served = json.loads(sys.argv[1])


class Nobody:
    def variation(self, key, context, default):
        return served

    def track(self, *event):
        pass


def best(work, count=2000):
    times = []
    for _ in range(5):
        begin = time.perf_counter_ns()
        for _ in range(count):
            work()
        times.append((time.perf_counter_ns() - begin) / count)
    return min(times)


client = LDAIClient(Nobody())
context = Context.create("u-1")
variables = {"name": "Ann", "product": "the app"}


def read():
    return client.completion_config("support-assistant", context, None, variables)


config = read()
assert config.enabled and len(config.messages) == 2


def run():
    tracker = config.create_tracker()
    tracker.track_duration(5)
    tracker.track_success()
    tracker.track_tokens(TokenUsage(30, 10, 20))


print(best(read), best(run))
