"""`retort mock --write-times`: a server that tells afterwards what its times really were."""

import json
import pathlib
import re
import subprocess
import tempfile

SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


def shares_of(values):
    """By nearest rank, in ms of ns."""
    ordered = sorted(values)
    return {name: ordered[max(0, -int(-part * len(ordered) // 1) - 1)] / 1e6 for name, part in SHARES.items()}


class TimedMock:
    """One of that latency and time between the pieces of an answer, as long as the block lasts."""

    def __init__(self, retort, tokens, latency_ms, sigma, event_ms):
        self.folder = tempfile.TemporaryDirectory()
        self.times = pathlib.Path(self.folder.name) / "times.jsonl"
        self.process = subprocess.Popen(
            [retort, "mock", "--plain", "--answer", "text", f"--output-tokens={tokens}", f"--latency-ms={latency_ms}",
             f"--latency-sigma={sigma}", f"--event-ms={event_ms}", "--write-times", self.times],
            stdout=subprocess.PIPE, text=True)
        self.url = re.search(r"http://\S+", self.process.stdout.readline()).group()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.answers = [json.loads(line) for line in self.times.read_text().splitlines()]
        self.folder.cleanup()

    def truth(self, measured):
        """Of the last answers, so many: what comes before them warms up."""
        answers = self.answers[-measured:]
        out = {"ttft": shares_of([one["sent_ns"][0] - one["received_ns"] for one in answers]),
               "e2e": shares_of([one["sent_ns"][-1] - one["received_ns"] for one in answers])}
        gaps = [later - sooner for one in answers for sooner, later in zip(one["sent_ns"], one["sent_ns"][1:])]
        if gaps:
            out["icl"] = shares_of(gaps)
            out["tpot"] = shares_of([(one["sent_ns"][-1] - one["sent_ns"][0]) / (len(one["sent_ns"]) - 1) for one in answers])
        return out
