"""What scripts do that circulate with tutorials: for each segment create it, sleep, patch it.

Usage: create_sleep_patch.py BASE_URI TOKEN COUNT; prints the seconds it took.
"""

import json
import sys
import time
import urllib.request

base, token, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
segments = f"{base}/api/v2/segments/default/test"


def send(method, url, content_type, body):
    headers = {"Authorization": token, "Content-Type": content_type}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers, method=method)
    with urllib.request.urlopen(request) as answer:
        answer.read()


started = time.monotonic()
for index in range(count):
    key = f"script-{index}"
    send("POST", segments, "application/json", {"key": key, "name": key, "tags": ["script"]})
    time.sleep(0.5)
    clause = {"contextKind": "user", "attribute": "plan", "op": "in", "values": ["pro"], "negate": False}
    patch = {"environmentKey": "test", "instructions": [{"kind": "addRule", "clauses": [clause]}]}
    semantic = "application/json; domain-model=launchdarkly.semanticpatch"
    send("PATCH", f"{segments}/{key}", semantic, patch)
print(time.monotonic() - started)
