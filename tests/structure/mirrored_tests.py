"""tests/<layer>/<name>_test.cpp tests <layer>/<name>.hpp or .cpp, a folder being part of the name:
tests/tools/mock_server_test.cpp tests tools/mock/server.cpp.
"""

import pathlib

import source_tree

# Tests of the whole executable, which mirror no file.
END_TO_END = {"kill", "faults", "bad_input", "full_disk", "signals", "resume", "command_line",
              "quickstart", "admission", "batch", "streaming", "one_truth"}
# Tests of several parts together.
OF_SEVERAL = {("engine", "gate_simulation")} | {("tools", name) for name in END_TO_END}


def problems_in(paths):
    """`paths`: every C++ file from the root, as strings."""
    names = {(path.parts[0], "_".join([*path.parts[1:-1], path.stem]))
             for path in map(pathlib.PurePosixPath, paths)}
    tested = sorted(name.removesuffix("_test") for layer, name in names
                    if layer == "tests" and name.endswith("_test"))
    for name in tested:
        layer, _, source = name.partition("_")
        if (layer, source) not in names | OF_SEVERAL:
            yield f"tests/{layer}/{source}_test.cpp: tests no file of {layer}/"


if __name__ == "__main__":
    source_tree.report(list(problems_in([path.as_posix() for path in source_tree.cpp_files()])))
