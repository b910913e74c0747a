"""tests/<folder>/<name>_test.cpp tests <folder>/<name>.hpp or .cpp:
tests/engine/quota/entrance_test.cpp tests engine/quota/entrance.hpp.
"""

import pathlib

import source_tree

# Tests of the whole executable, which mirror no file.
END_TO_END = {"kill", "faults", "bad_input", "full_disk", "signals", "resume", "command_line",
              "quickstart", "admission", "batch", "streaming", "one_truth",
              "plan", "vary", "judges", "filters", "export", "steps", "overflow", "outputs",
              "gallery", "metrics", "shards", "shard_kill", "shared_quota", "serve", "endpoints",
              "prefix_order"}
# Tests of several parts together.
OF_SEVERAL = {"engine/evaluators/numeric_pairs", "engine/math/math_pairs",
              "engine/quota/entrance_simulation", "engine/lease/lease_simulation",
              *(f"tools/{name}" for name in END_TO_END)}


def problems_in(paths):
    """`paths`: every C++ file from the root, as strings."""
    names = {str(pathlib.PurePosixPath(path).with_suffix("")) for path in paths}
    tested = sorted(name.removeprefix("tests/").removesuffix("_test") for name in names
                    if name.startswith("tests/") and name.endswith("_test"))
    for source in tested:
        if source not in names | OF_SEVERAL:
            yield f"tests/{source}_test.cpp: tests no file {source}.hpp or .cpp"


if __name__ == "__main__":
    source_tree.report(list(problems_in([path.as_posix() for path in source_tree.cpp_files()])))
