"""The top level is fixed by the project's user: what git tracks there is this and dot files."""

import subprocess

import source_tree

ALLOWED = {
    "CMakeLists.txt", "engine", "providers", "io", "bench", "tests", "configs", "tools",
    "README.md", "HACKING.md", "LICENSE", "CMakePresets.json",
}


def problems_in(tracked):
    """`tracked`: paths from the root."""
    names = {path.split("/")[0] for path in tracked}
    return [
        f"{name}: does not belong at the top level"
        for name in sorted(names - ALLOWED)
        if not name.startswith(".")
    ]


def tracked_files():
    """Of a checkout, even one that another user owns. A tree without git tracks nothing."""
    if not (source_tree.ROOT / ".git").exists():
        return []
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=source_tree.ROOT, check=True, stdout=subprocess.PIPE)
    return listed.stdout.decode().split("\0")[:-1]


if __name__ == "__main__":
    source_tree.report(problems_in(tracked_files()))
