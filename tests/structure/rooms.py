"""Includes among rooms go one way, as CMakeLists.txt says, and a room stays small enough to know.

`room(engine/quota USES engine/config ...)` is a folder that may include its own headers and those of
the rooms behind its USES, near or far.
"""

import re

import source_tree
from one_way_includes import INCLUDE

MAX_UNITS = 16  # a header with its source is one
ROOM = re.compile(r"^room\((\w[^)]*)\)", re.MULTILINE)
LAYERS_OF_ROOMS = ("io", "providers", "engine", "tools/mock")


def uses_in(cmake):
    """(room, the rooms it names), in the file's order."""
    for inside in ROOM.findall(cmake):
        name, _, uses = inside.partition(" LIBRARIES")[0].partition(" USES ")
        yield name.split()[0], uses.split()


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


def size_problems(paths, rooms):
    for room in rooms:
        units = {path.rpartition("/")[2].split(".")[0] for path in paths if room_of(path) == room}
        if len(units) > MAX_UNITS:
            yield f"{room}: {len(units)} units, more than {MAX_UNITS}"


if __name__ == "__main__":
    cmake_text = source_tree.read("CMakeLists.txt")
    rooms_there = rooms_in(cmake_text)
    files = [path.as_posix() for path in source_tree.cpp_files()]
    source_tree.report([
        *order_problems(cmake_text),
        *size_problems(files, rooms_there),
        *(problem for path in files
          for problem in problems_in(path, source_tree.read(path), rooms_there)),
    ])
