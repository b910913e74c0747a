"""tests/<layer>/<name>_test.cpp tests <layer>/<name>.hpp or .cpp (tools may have folders)."""

import pathlib

import source_tree

# Tests of the whole executable, which mirror no file.
END_TO_END = {"kills", "faults", "messages", "signals", "quickstart"}


def problems_in(paths):
    """`paths`: every C++ file from the root, as strings."""
    paths = [pathlib.PurePosixPath(path) for path in paths]
    sources = {(path.parts[0], path.stem) for path in paths}
    for path in paths:
        if path.parts[0] != "tests" or path.parts[1] == "support":
            continue
        layer, name = path.parts[1], path.stem.removesuffix("_test")
        if name == path.stem:
            yield f"{path}: should be called {name}_test.cpp, or live in tests/support"
        elif (layer, name) not in sources and not (layer == "tools" and name in END_TO_END):
            yield f"{path}: tests no file of {layer}/"


if __name__ == "__main__":
    source_tree.report(list(problems_in(path.as_posix() for path in source_tree.cpp_files())))
