"""The source tree as the structural tests see it, and the way they report.

Each check is a script that takes no arguments, prints one `file:line: what is wrong` per problem
and exits 1 when there is any.
"""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
LAYERS = ("io", "providers", "engine", "tools", "bench", "tests")


def cpp_files():
    """Every C++ file of the layers, relative to the root, in a stable order."""
    return sorted(
        path.relative_to(ROOT)
        for layer in LAYERS
        for path in (ROOT / layer).rglob("*.?pp")
    )


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def report(problems):
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)
