"""A function or a type of a test's header has a name that no other header of the tests has.

Tests compile in units of several files behind the headers of all of them (tests/units.cmake): of two
functions with one name, the one whose header a test does not include could be called, where it fits the
arguments better. A test's own helper hides both.
"""

import cpp_source
import source_tree

BEFORE = {"*", "&", "&&", ">"}  # the end of a type, where that is not a name
AFTER = {"{", ";", "->", "const", "noexcept"}
NO_TYPE = {"return", "co_return", "co_await", "throw", "new", "else", "namespace", "using", "operator"}


def names_in(text):
    """{name: line} of the functions and types that stand in namespaces, declared or defined."""
    source = cpp_source.cpp_source(text)
    return {source.at(i): source.line(i) for i in range(1, len(source.tokens))
            if is_function(source, i) or is_type(source, i)}


def is_type(source, i):
    return (source.at(i).isidentifier() and source.at(i - 1) in ("class", "struct")
            and source.at(i + 1) in ("{", ":", "final") and in_namespaces(source, i))


def is_function(source, i):
    if not source.at(i).isidentifier() or source.at(i + 1) != "(" or source.is_control(i + 1):
        return False
    before = source.at(i - 1)
    if not (before in BEFORE or before.isidentifier() and before not in NO_TYPE):
        return False
    return source.at(source.match[i + 1] + 1) in AFTER and in_namespaces(source, i)


def in_namespaces(source, i):
    return all(source.at(j) == "{" and any(source.at(k) == "namespace" for k in (j - 1, *head(source, j)))
               for j in source.around(i))


def head(source, opening):
    for i in source.leftwards(opening):
        if source.at(i) in (";", "{", "}", ")"):
            return
        yield i


def problems_in(texts):
    """`texts`: {path: text} of the headers of the tests."""
    known = {}
    for path, text in texts.items():
        for name, line in names_in(text).items():
            if known.setdefault(name, path) != path:
                yield f"{path}:{line}: {name} is a name of {known[name]} also"


if __name__ == "__main__":
    paths = [path.as_posix() for path in source_tree.cpp_files()]
    source_tree.report(list(problems_in({path: source_tree.read(path) for path in paths
                                         if path.startswith("tests/") and path.endswith(".hpp")})))
