"""In the engine, whether a file is there is asked of io/file/presence.hpp: to std::filesystem, one that
cannot be looked at is absent, and a directory that cannot be listed is empty or throws on the way.
"""

import re

import source_tree

ASKS = re.compile(r"\b(exists|directory_iterator)\((?!fs::symlink_status)")


def problems_in(texts):
    """`texts`: path from the root -> content."""
    for path, text in sorted(texts.items()):
        if not path.startswith("engine/"):
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            if ASKS.search(line.split("//")[0]):
                yield f"{path}:{number}: takes what cannot be looked at for absent; use io::is_there or paths_in"


if __name__ == "__main__":
    source_tree.report(list(problems_in({
        path.as_posix(): (source_tree.ROOT / path).read_text() for path in source_tree.cpp_files()})))
