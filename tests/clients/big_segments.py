"""LaunchDarkly's server SDK for Python reads a big segment from Redis: the store is filled from the emulator's export of the members
that our own `BigSegment` brought, in the form in which LaunchDarkly's synchronizer writes them. Started by `.ci/clients`,
which sets REDIS_URL and the keys of the environment."""

import base64
import csv
import hashlib
import io
import json
import os
import time
import urllib.request

import ldclient
import redis
from ldclient import Context
from ldclient.config import BigSegmentsConfig, Config
from ldclient.integrations import Redis

BASE = os.environ["LAUNCHDARKLY_BASE_URI"]
SEGMENT = "/api/v2/segments/default/production/customers"
steps = 0


def step(value, expected):
    global steps
    steps += 1
    assert value == expected, (steps, value, expected)


def rest(method, path):
    headers = {"Authorization": os.environ["LAUNCHDARKLY_ACCESS_TOKEN"]}
    return urllib.request.urlopen(urllib.request.Request(BASE + path, method=method, headers=headers))


def synchronize(store, members, reference, moment):
    """What LaunchDarkly's synchronizer does: a set of segments for each member, and when it was last there."""
    for key in members:
        hashed = base64.b64encode(hashlib.sha256(key.encode()).digest()).decode()
        store.sadd(f"launchdarkly:big_segment_include:{hashed}", reference)
    store.set("launchdarkly:big_segments_synchronized_on", int(moment * 1000))


def start():
    config = Config(
        os.environ["LAUNCHDARKLY_SDK_KEY"],
        base_uri=BASE,
        stream_uri=BASE,
        events_uri=BASE,
        send_events=False,
        big_segments=BigSegmentsConfig(
            store=Redis.new_big_segment_store(url=os.environ["REDIS_URL"]), context_cache_time=0.001, status_poll_interval=0.1
        ),
    )
    client = ldclient.LDClient(config, start_wait=20)
    assert client.is_initialized(), "the SDK did not reach the emulator"
    return client


def served(client, context):
    detail = client.variation_detail("checkout", context, None)
    return detail.value, detail.reason.get("bigSegmentsStatus")


# The list as our own import left it, out of the export.
export = rest("POST", f"{SEGMENT}/exports").headers["Location"]
shown = json.load(rest("GET", export))
step(shown["status"], "complete")
file = rest("GET", shown["_links"]["file"]["href"]).read().decode()
members = [row[0] for row in csv.reader(io.StringIO(file))]
step(len(members), 5000)
segment = json.load(rest("GET", SEGMENT))
reference = f"{segment['key']}.g{segment['generation']}"

store = redis.Redis.from_url(os.environ["REDIS_URL"])
synchronize(store, members, reference, time.time())
client = start()
step(served(client, Context.create("customer-17")), (True, "HEALTHY"))
step(served(client, Context.create('customer "4999", odd')), (True, "HEALTHY"))
step(served(client, Context.create("customer-5000")), (False, "HEALTHY"))
# Another kind is no member, whatever its key; nothing is asked.
step(served(client, Context.create("customer-17", "org")), (False, None))
both = Context.create_multi(Context.create("customer-17"), Context.create("o-1", "org"))
step(served(client, both), (True, "HEALTHY"))
# A store that nobody has synchronized for long is told as such.
synchronize(store, [], reference, time.time() - 600)
for _ in range(200):
    if served(client, Context.create("customer-18"))[1] == "STALE":
        break
    time.sleep(0.05)
step(served(client, Context.create("customer-19")), (True, "STALE"))
# The members of a segment of the generation before are not those of the present one.
synchronize(store, ["customer-9000"], f"{segment['key']}.g{segment['generation'] + 1}", time.time())
step(served(client, Context.create("customer-9000"))[0], False)
client.close()
print(f"{steps} steps, 0 failures")
