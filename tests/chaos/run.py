#!/usr/bin/env python3
"""Plays rounds of chaos against a program: tests/chaos/run.py RETORT [--seconds N] [--seed S] ...

Exit status 0: all held in every round. 1: something did not; it is printed with the seed that drew the
round, and the round's directory is kept. See README.md."""

import argparse
import collections
import os
import pathlib
import random
import shlex
import shutil
import sys
import tempfile
import time

import behaviours
from chaos_round import Round  # and with it all behaviours

SANITIZERS = ("ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS")


def option_parser():
    parser = argparse.ArgumentParser(description="rounds of chaos against retort")
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--mock", type=pathlib.Path, metavar="RETORT",
                        help="whose mock it is, where the program's own is another or older one")
    parser.add_argument("--seconds", type=float, default=float(os.environ.get("CHAOS_SECONDS", 60)),
                        help="begin no round after this time (CHAOS_SECONDS, else 60)")
    parser.add_argument("--seed", type=int, help="of the first round; the next one's is one more")
    parser.add_argument("--timeout-s", type=float, default=3, help="of a request")
    parser.add_argument("--only", action="append", default=[], metavar="BEHAVIOUR",
                        help="of the hostile peer; may be repeated")
    parser.add_argument("--without", action="append", default=[], metavar="BEHAVIOUR")
    parser.add_argument("--verbose", action="store_true", help="say how often each was drawn")
    parser.add_argument("--list", action="store_true", help="the behaviours, and no round")
    parser.add_argument("--no-memory", action="store_true",
                        help="measure no memory: a sanitizer's own is in it")
    return parser


def again(chosen, seed):
    """The words that play one round as it was: with all that shapes it, and what a sanitizer was
    told."""
    told = [f"{name}={os.environ[name]}" for name in SANITIZERS if name in os.environ]
    words = ["env", *told] if told else []
    words += [sys.argv[0], chosen.program, "--seconds", 0, "--seed", seed,
              "--timeout-s", chosen.timeout_s]
    if chosen.mock:
        words += ["--mock", chosen.mock]
    for option, names in (("--only", chosen.only), ("--without", chosen.without)):
        for name in names:
            words += [option, name]
    for option, is_set in (("--no-memory", chosen.no_memory), ("--verbose", chosen.verbose)):
        words += [option] if is_set else []
    return [str(word) for word in words]


def list_behaviours():
    for title, table in (("whole", behaviours.WHOLE), ("streamed", behaviours.STREAM)):
        for name, (weight, kind, _) in table.items():
            print(f"{title:9} {name:26} {kind:7} {weight}")


def play(chosen, seed):
    """Whether all held."""
    directory = pathlib.Path(tempfile.mkdtemp(prefix=f"retort-chaos-{seed}-"))
    mock = chosen.mock or chosen.program
    one = Round(chosen.program.resolve(), mock.resolve(), directory, seed, chosen.timeout_s, not chosen.no_memory,
                chosen.only, chosen.without)
    began = time.monotonic()
    complaints = one.play()
    print(f"seed {seed}: {one.summary()}, {time.monotonic() - began:.1f} s", flush=True)
    if chosen.verbose:
        print("  " + ", ".join(f"{name} {times}" for name, times in sorted(one.peer.drawn.items())))
    if not complaints:
        shutil.rmtree(directory)
        return True
    for text, times in collections.Counter(complaints).most_common(30):
        print(f"  FAILED {text}" + (f" ({times} times)" if times > 1 else ""))
    print(f"  kept: {directory}; again: {shlex.join(again(chosen, seed))}", flush=True)
    return False


def main():
    chosen = option_parser().parse_args()
    if chosen.list:
        list_behaviours()
        return 0
    seed = random.SystemRandom().randrange(1 << 30) if chosen.seed is None else chosen.seed
    until, played, failed = time.monotonic() + chosen.seconds, 0, 0
    while played == 0 or time.monotonic() < until:
        failed += not play(chosen, seed + played)
        played += 1
    print(f"{played} rounds, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
