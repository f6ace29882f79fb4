# Python's `re`, as the Python SDK calls it.
import base64, re, sys

for line in sys.stdin:
    pattern, text = (base64.b64decode(part).decode() for part in line.rstrip("\n").split("\t"))
    try:
        print("1" if re.compile(pattern).search(text) is not None else "0")
    except Exception:
        print("x")
