"""configs/quickstart.jsonl is what tools/make-questions writes, and its answers are right."""

import fractions
import json
import re
import subprocess
import sys

import source_tree

DATASET = "configs/quickstart.jsonl"


def problems_in(written, made):
    if written != made:
        yield f"{DATASET}: is not what tools/make-questions writes"
    for number, line in enumerate(written.splitlines(), start=1):
        row = json.loads(line)
        if value_of(row["question"]) != int(row["answer"]):
            yield f"{DATASET}:{number}: {row['question']} is not {row['answer']}"


def value_of(question):
    """By Python's own arithmetic, exactly."""
    expression = re.search(r"[\d(][\d+*/() -]*", question)[0]
    return eval(re.sub(r"(\d+)", r"Fraction(\1)", expression), {"Fraction": fractions.Fraction})


if __name__ == "__main__":
    maker = [sys.executable, source_tree.ROOT / "tools/make-questions"]
    made = subprocess.run(maker, check=True, stdout=subprocess.PIPE).stdout.decode()
    source_tree.report(list(problems_in(source_tree.read(DATASET), made)))
