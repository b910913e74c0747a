"""Dependencies point one way: tools, bench, tests -> engine -> providers -> io.

Project headers are included in quotes, by their path from the root.
"""

import re

import source_tree

MAY_INCLUDE = {
    "io": {"io"},
    "providers": {"io", "providers"},
    "engine": {"io", "providers", "engine"},
    "tools": {"io", "providers", "engine", "tools"},
    "bench": {"io", "providers", "engine", "tools", "bench"},
    "tests": {"io", "providers", "engine", "tools", "tests"},
}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)


def problems_in(path, text):
    """`path` from the root, e.g. "io/sink.cpp"."""
    layer = path.split("/")[0]
    for match in INCLUDE.finditer(text):
        quoted, angled = match.groups()
        target = (quoted or angled).split("/")[0]
        line = text.count("\n", 0, match.start(0)) + 1
        if target in MAY_INCLUDE and target not in MAY_INCLUDE[layer]:
            yield f"{path}:{line}: {layer}/ may not include {quoted or angled}"
        elif quoted and target not in MAY_INCLUDE:
            yield f'{path}:{line}: "{quoted}" is not a path from the root'


if __name__ == "__main__":
    source_tree.report([
        problem
        for path in source_tree.cpp_files()
        for problem in problems_in(path.as_posix(), source_tree.read(path))
    ])
