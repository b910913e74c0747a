"""What every measurement says of where it was taken, and what it needs there."""

import datetime
import os
import shutil
import subprocess

import rig


def need(tools, retort):
    """rig.Failure where a tool or the executable is missing."""
    os.environ["PATH"] += ":/usr/sbin"  # where Debian keeps nginx, and only root looks
    for tool in tools:
        if not shutil.which(tool):
            raise rig.Failure(f"{tool} is not installed: run tools/install-packages bench")
    if not os.access(retort, os.X_OK):
        raise rig.Failure(f"there is no {retort}: run cmake --preset release && "
                          "cmake --build --preset release")


def stamped(run):
    """A line of a history."""
    now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
    return {"date": now, "commit": commit(), "machine": name(), **run}


def commit():
    said = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=rig.ROOT, text=True,
                          capture_output=True, check=False)
    return said.stdout.strip() or "unknown"


def name():
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{len(names)} x {names[0]}" if names else os.uname().machine
