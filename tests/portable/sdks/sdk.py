"""LaunchDarkly's Python SDK answers the cases of a file: a flag for each, whose first rule is the case."""

import json
import sys

from ldclient import Context, LDClient
from ldclient.config import Config
from ldclient.integrations import Files

flags, cases = sys.argv[1:]
client = LDClient(
    Config(sdk_key="none", send_events=False, update_processor_class=Files.new_data_source(paths=[flags]))
)
assert client.is_initialized()
with open(cases, encoding="utf-8") as lines:
    for line in lines:
        case = json.loads(line)
        answers = ""
        for value in case["values"]:
            context = Context.builder("u").set("a", value).build()
            answers += {True: "1", False: "0", None: "x"}[client.variation(case["flag"], context, None)]
        print(answers)
client.close()
