"""Standard output and standard error are written to in one place, io/base/console.cpp, which lets nothing
through that steers a terminal or looks like a line of ours. (A file whose name is that of standard
output is a file.)
"""

import re

import source_tree

THE_PLACE = "io/base/console.cpp"
# What writes there by itself: streams, printf and its like, fmt::print; by a FILE* that is given.
VOICES = re.compile(r"\bstd::(cout|cerr|clog)\b|\bfmt::print\b|\b(std::)?(f?printf|puts|putchar|perror)\("
                    r"|\b(std::)?(fputs|fputc|putc|fwrite)\([^;]*\b(stdout|stderr|to)\b")


def problems_in(texts):
    """`texts`: path from the root -> content."""
    for path, text in sorted(texts.items()):
        if path == THE_PLACE or path.split("/")[0] not in {"io", "providers", "engine", "tools"}:
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            if VOICES.search(line.split("//")[0]):
                yield f"{path}:{number}: writes past {THE_PLACE}; use io::print_line and its like"


if __name__ == "__main__":
    source_tree.report(list(problems_in({
        path.as_posix(): (source_tree.ROOT / path).read_text() for path in source_tree.cpp_files()})))
