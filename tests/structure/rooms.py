"""Includes among rooms go one way, as CMakeLists.txt says, and a room stays small enough to know.

`room(engine/quota USES engine/config ...)` is a folder that may include its own headers and those of
the rooms behind its USES, near or far; and the libraries that these or itself name as LIBRARIES. A
library that some program happens to be linked with for another's sake is missing in the next one.
A room with threads of its own has its tests in the preset tsan.
"""

import json
import re

import source_tree
from one_way_includes import INCLUDE

MAX_UNITS = 16  # a header with its source is one
ROOM = re.compile(r"^room\((\w[^)]*)\)", re.MULTILINE)
LAYERS_OF_ROOMS = ("io", "providers", "engine", "tools/mock")
THREADS = re.compile(r"\bstd::(jthread|thread|mutex|atomic|condition_variable)\b|\bthread_pool\b")
LIBRARY_OF = {  # how the header's name begins -> what a room links with
    "CLI/": "CLI11::CLI11",
    "boost/": "Boost::headers",
    "fmt/": "fmt::fmt",
    "hiredis/": "${HIREDIS}",
    "jq.h": "${JQ}",
    "openssl/": "OpenSSL::SSL",
    "arpa/nameser.h": "resolv",
    "re2/": "PkgConfig::re2",
    "resolv.h": "resolv",
    "roaring/": "${ROARING}",
    "seccomp.h": "PkgConfig::seccomp",
    "simdjson.h": "simdjson::simdjson",
    "xxh": "PkgConfig::xxhash",
    "yaml-cpp/": "yaml-cpp",
    "zlib.h": "ZLIB::ZLIB",
    "zstd.h": "PkgConfig::zstd",
}


def uses_in(cmake):
    """(room, the rooms it names), in the file's order."""
    for inside in ROOM.findall(cmake):
        name, _, uses = inside.partition(" LIBRARIES")[0].partition(" USES ")
        yield name.split()[0], uses.split()


def libraries_in(cmake):
    """Room -> the libraries that it names itself."""
    return {inside.split()[0]: inside.partition("LIBRARIES")[2].split()
            for inside in ROOM.findall(cmake)}


def rooms_in(cmake):
    """Room -> the rooms whose headers it may include, itself among them."""
    may_include = {}
    for name, uses in uses_in(cmake):
        behind = {name}
        for used in uses:
            behind |= may_include.get(used, set()) | {used}
        may_include[name] = behind
    return may_include


def order_problems(cmake):
    """A room stands behind those that it uses: so no circle can be written."""
    seen = set()
    for name, uses in uses_in(cmake):
        for used in uses:
            if used not in seen:
                yield f"CMakeLists.txt: {name} uses {used}, which is no room above it"
        seen.add(name)


def room_of(path):
    """"engine/quota/entrance.hpp" -> "engine/quota"."""
    return path.rpartition("/")[0]


def problems_in(path, text, rooms):
    """`path` from the root; files in no room (tests, executables) may include what they like."""
    room = room_of(path)
    if any(path.startswith(layer + "/") for layer in LAYERS_OF_ROOMS) and room not in rooms:
        yield f"{path}: is in no room of CMakeLists.txt"
    for match in INCLUDE.finditer(text):
        target = room_of(match.group(1) or "")
        if room in rooms and target in rooms and target not in rooms[room]:
            line = text.count("\n", 0, match.start(0)) + 1
            yield f"{path}:{line}: {room} may not include {match.group(1)}"


def library_problems(path, text, rooms, libraries):
    room = room_of(path)
    linked = {library for used in rooms.get(room, ()) for library in libraries.get(used, ())}
    for match in INCLUDE.finditer(text):
        header = match.group(2) or ""
        wanted = next((LIBRARY_OF[name] for name in LIBRARY_OF if header.startswith(name)), None)
        if room in rooms and wanted and wanted not in linked:
            line = text.count("\n", 0, match.start(0)) + 1
            yield f"{path}:{line}: {room} includes {header}, and no room behind it has {wanted}"


def tested_with_threads(presets):
    """Of the preset tsan: whether it has the tests of a folder, or this one."""
    tsan = next(one for one in presets["configurePresets"] if one["name"] == "tsan")["cacheVariables"]
    tested, untested = tsan["RETORT_TESTED"], tsan.get("RETORT_UNTESTED", "^$")
    return lambda path: re.search(tested, path) and not re.search(untested, path)


def thread_problems(path, text, rooms, tested):
    room = room_of(path.removeprefix("tests/"))
    found = THREADS.search(text)
    test = path if path.startswith("tests/") else f"tests/{room}/"
    if room in rooms and found and not tested(test):
        line = text.count("\n", 0, found.start()) + 1
        yield f"{path}:{line}: {room} has threads, and CMakePresets.json leaves its tests out of tsan"


def size_problems(paths, rooms):
    for room in rooms:
        units = {path.rpartition("/")[2].split(".")[0] for path in paths if room_of(path) == room}
        if len(units) > MAX_UNITS:
            yield f"{room}: {len(units)} units, more than {MAX_UNITS}"


if __name__ == "__main__":
    cmake_text = source_tree.read("CMakeLists.txt")
    rooms_there = rooms_in(cmake_text)
    libraries_there = libraries_in(cmake_text)
    with_threads = tested_with_threads(json.loads(source_tree.read("CMakePresets.json")))
    files = [path.as_posix() for path in source_tree.cpp_files()]
    source_tree.report([
        *order_problems(cmake_text),
        *size_problems(files, rooms_there),
        *(problem for path in files
          for text in [source_tree.read(path)]
          for problem in [*problems_in(path, text, rooms_there),
                          *library_problems(path, text, rooms_there, libraries_there),
                          *thread_problems(path, text, rooms_there, with_threads)]),
    ])
