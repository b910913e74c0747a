"""Runs one built fuzz target: run.py BUILD TARGET SECONDS.

What it found so far, and new seeds, are in BUILD/corpus/TARGET; an input that breaks it becomes
BUILD/TARGET-*, and the last line says how to see it again. Exit status 1 when there is one.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
FLAGS = ["-max_len=8192", "-timeout=20", "-rss_limit_mb=3000", "-print_final_stats=1"]
# Clang's sanitizers too need their shadow memory where a kernel with much address randomisation may
# have put something else.
FIXED_ADDRESSES = ["setarch", "-R"]


def command(build, target, seconds):
    corpus = build / "corpus" / target
    corpus.mkdir(parents=True, exist_ok=True)
    fixed = subprocess.run([*FIXED_ADDRESSES, "true"], stderr=subprocess.DEVNULL, check=False)
    return [*(FIXED_ADDRESSES if fixed.returncode == 0 else []), build / f"fuzz_{target}", *FLAGS,
            f"-max_total_time={seconds}", f"-artifact_prefix={build}/{target}-",
            f"-dict={build}/seeds/words.dict", corpus, build / "seeds" / target]


def main():
    build, target, seconds = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2], sys.argv[3]
    if not shutil.which("setarch"):
        FIXED_ADDRESSES[:] = ["env"]
    symbolizer = shutil.which("llvm-symbolizer-16") or shutil.which("llvm-symbolizer")
    if symbolizer:
        os.environ.setdefault("ASAN_SYMBOLIZER_PATH", symbolizer)
    log_path = build / f"{target}.log"
    with open(log_path, "wb") as log:
        ended = subprocess.run(command(build, target, seconds), stderr=log, stdout=log, check=False)
    log = log_path.read_text(encoding="utf-8", errors="replace")
    runs = re.search(r"number_of_executed_units: +(\d+)", log)
    if ended.returncode == 0 and runs:
        kept = len(os.listdir(build / "corpus" / target))
        print(f"{target}: {int(runs.group(1)):,} runs in {seconds} s, {kept:,} inputs kept")
        return 0
    print(log[-6000:])
    found = re.search(r"Test unit written to (\S+)", log)
    if found:
        again = [build / f"fuzz_{target}", found.group(1)]
        again = " ".join(os.path.relpath(path, HERE.parents[1]) for path in again)
        print(f"{target}: found something; see it again with: {again}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
