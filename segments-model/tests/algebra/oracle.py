"""Asks z3 each question of a file, and compares. A line is a name, our answer, and the question in SMT-LIB."""

import sys

try:
    import z3
except ImportError:
    sys.exit("not run: this Python has no z3-solver")

z3.set_param("timeout", 10_000)
asked = unknown = ours = wrong = 0
for line in open(sys.argv[1], encoding="utf-8"):
    name, answer, question = line.rstrip("\n").split("\t")
    solver = z3.Solver()
    solver.from_string(question)
    theirs = str(solver.check())
    asked += 1
    unknown += theirs == "unknown"
    ours += answer == "unknown"
    if "unknown" not in (theirs, answer) and theirs != answer:
        wrong += 1
        print(f"{name}: we say {answer}, z3 says {theirs}: {question}")
print(f"{asked} questions: {wrong} disagreements; {ours} unknown to us, {unknown} to z3")
sys.exit(wrong > 0)
