"""One round: a dataset, two models of which one is hostile, kills and resumes, and what must hold."""

import json
import random
import signal
import time

from books import Books
from hostile_peer import MARGIN_TICKS, Peer, sha256
from programs import Mock, Run, certificate

FAULTS = ("rate_limit", "error_500", "error_503", "reset_before", "reset_middle", "truncated",
          "stall", "invalid_json", "connection_close", "blank_lines", "cut_stream",
          "error_in_stream")
SHARE_OF_FAULTS = 0.3
PEAK_MB = 400  # whatever the peers send; a hundred times what the answers weigh
MAX_RESUMES = 8
POLITE_AFTER = 4  # resumes, from which on the hostile peer answers well

LONG_PROMPT = 6_000_000  # more than loopback's buffers hold: a write that has to wait

MOCK, HOSTILE = 0, 1  # the variants


def draw_settings(seed, timeout_s):
    chance = random.Random(f"settings {seed}")
    weights = [chance.random() for _ in FAULTS]
    faults = {name: round(SHARE_OF_FAULTS * one / sum(weights), 6)
              for name, one in zip(FAULTS, weights)}
    return {
        "records": chance.choice((40, 80, 150)),
        "long_prompts": chance.choice((0, 0, 1)),
        "durability": chance.choice(("fsync", "flush")),
        "concurrency": chance.choice((3, 8, 16)),
        "timeout_s": timeout_s,
        "grace_s": 2 * timeout_s,  # for all that is in flight to end by itself
        "mock": {
            "provider": chance.choice(("openai", "openai-responses", "anthropic", "gemini")),
            "stream": chance.random() < 0.5,
            "options": {"answer": "echo", "wrong": 0.1, "seed": chance.randrange(1 << 30),
                        "plain": chance.random() < 0.4, "gzip": chance.random() < 0.5,
                        "chunked": chance.choice((0, 0.5)), "events": chance.choice((0, 3)),
                        "latency_ms": chance.choice((1, 20)), "latency_sigma": 1,
                        "retry_after_s": 0.2, **faults},
        },
        "hostile": {
            "provider": chance.choice(("openai", "openai", "openai-responses", "anthropic",
                                       "gemini")),
            "stream": chance.random() < 0.5,
            "tls": chance.random() < 0.4,
            # Slow enough, at times, for connections to lie idle.
            "limits": chance.choice(({}, {"rps": 30}, {"rps": 100})),
        },
        "kills": [chance.choice(("SIGKILL", "SIGKILL", "SIGTERM", "SIGINT twice"))
                  for _ in range(chance.choice((0, 1, 3)))],
    }


def shape(model, tls):
    return (f"{model['provider']} {'streamed' if model['stream'] else 'whole'}"
            f"{' tls' if tls else ''}")


def prefix_of(model):
    return "/v1beta" if model["provider"] == "gemini" else "/v1"


class Round:
    def __init__(self, program, mock_program, directory, seed, timeout_s, measures_memory, only=(), without=()):
        self.program, self.mock_program = program, mock_program
        self.directory, self.seed = directory, seed
        self.settings = draw_settings(seed, timeout_s)
        self.measures_memory, self.only, self.without = measures_memory, only, without
        self.chance = random.Random(f"round {seed}")
        self.complaints, self.resumes, self.lost, self.peak_mb = [], 0, 0, 0

    def play(self):
        """What did not hold."""
        self._write_dataset()
        trusted, context = certificate(self.directory)
        tls = context if self.settings["hostile"]["tls"] else None
        mock = Mock(self.mock_program, self.directory, **self.settings["mock"]["options"])
        long = [row["prompt"] for row in self.rows[:self.settings["long_prompts"]]]
        peer = Peer(self.seed, self.settings["timeout_s"], tls, self.only, self.without, long)
        with mock, peer:
            self.mock, self.peer = mock, peer
            self.config = self._write_config(trusted)
            for kill in self.settings["kills"]:
                self._run_and(kill)
            self._run_to_the_end()
            self._check_end()
            self.complaints += peer.complaints
        return self.complaints

    def _write_dataset(self):
        self.rows = []
        for at in range(self.settings["records"]):
            long = at < self.settings["long_prompts"]
            filler = "x" * LONG_PROMPT if long else "y" * self.chance.randrange(200)
            prompt = f"record {at} of {self.seed}: {filler}"
            self.rows.append({"id": f"r{at}", "prompt": prompt, "answer": sha256(prompt)})
        (self.directory / "data.jsonl").write_text(
            "".join(json.dumps(row) + "\n" for row in self.rows))

    def _write_config(self, trusted):
        mock, hostile = self.settings["mock"], self.settings["hostile"]
        common = {"concurrency": self.settings["concurrency"],
                  "timeout_s": self.settings["timeout_s"]}
        first = {"provider": mock["provider"], "model": "rehearsed", "stream": mock["stream"],
                 "base_url": self.mock.origin + prefix_of(mock), **common}
        if not mock["options"]["plain"]:
            first["ca_file"] = str(self.mock.ca_file)
        scheme = "https" if hostile["tls"] else "http"
        second = {"provider": hostile["provider"], "model": "hostile", "stream": hostile["stream"],
                  "base_url": f"{scheme}://127.0.0.1:{self.peer.port}{prefix_of(hostile)}",
                  **common}
        if hostile["tls"]:
            second["ca_file"] = str(trusted)
        if hostile["limits"]:
            second["limits"] = {**hostile["limits"], "concurrency": second.pop("concurrency")}
        config = {
            "run": "chaos", "run_dir": str(self.directory / "run"),
            "dataset": {"path": str(self.directory / "data.jsonl"), "id": "id"},
            "prompt": {"user": "{{prompt}}"}, "reference": {"template": "{{answer}}"},
            "models": [first, second], "sampling": {"max_tokens": 64},
            "evaluate": [{"exact": {}}], "output": {"rejected": True},
            "durability": self.settings["durability"],
            "grace_s": self.settings["grace_s"],
        }
        path = self.directory / "config.yaml"  # JSON is YAML
        path.write_text(json.dumps(config, indent=1))
        return path

    def _start(self):
        return Run(self.program, self.config, self.directory / "log")

    def _run_and(self, kill):
        running = self._start()
        running.wait(self.chance.choice((0.02, 0.3, 1, 3)) * self.chance.random())
        if kill == "SIGKILL":
            running.signal(signal.SIGKILL)
        elif kill == "SIGTERM":
            running.signal(signal.SIGTERM)
        else:
            running.signal(signal.SIGINT)
            running.wait(0.5 * self.chance.random())
            running.signal(signal.SIGINT)
        signalled = self.peer.clock.ticks
        self._ended(running, kill, {0, 1, 75, -signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT})
        grace_s = self.settings["grace_s"] if kill == "SIGTERM" else 0
        if self.peer.clock.ticks - signalled > grace_s / self.peer.clock.TICK + MARGIN_TICKS:
            self.complaints.append(f"the process took too long to end after {kill}")

    def _run_to_the_end(self):
        for self.resumes in range(1, MAX_RESUMES + 1):
            self.peer.behaves = self.resumes > POLITE_AFTER
            running = self._start()
            if self._ended(running, "", {0, 1}) != 1:
                return
        self.complaints.append(f"samples still fail after {MAX_RESUMES} resumes")

    def _ended(self, running, kill, expected):
        status = running.end()
        if status is None:
            self.complaints.append(f"the process did not end{' after ' + kill if kill else ''}")
        elif status not in expected:
            self.complaints.append(f"exit status {status} after {kill or 'a run of its own'}")
        self.peak_mb = max(self.peak_mb, running.peak_mb)
        if self.measures_memory and running.peak_mb > PEAK_MB:
            self.complaints.append(f"{running.peak_mb} MB of memory at the peak")
        self._check_books(kill, complete=not kill)
        return status

    def _check_books(self, kill, complete):
        may_lose = kill in ("SIGKILL", "SIGINT twice")
        self.peer.process_ended(may_lose)
        books = Books(self.directory / "run", self.rows)
        books.check(MOCK, self.peer.excused)
        # An early answer is given before the prompt is read, a greeting before anything is.
        if not self.settings["long_prompts"] and not self.peer.drawn["greeting"]:
            books.check_attempts(HOSTILE, self.peer.reads)
        self.complaints += books.check_views(complete)
        self._check_kept(books)
        self._check_lost(books, kill, may_lose)
        self.books = books

    def _check_kept(self, books):
        """The ledger only grows."""
        path = self.directory / "run" / "ledger.jsonl"
        now = path.read_bytes() if path.exists() else b""
        if not now.startswith(getattr(self, "_ledger", b"")):
            self.complaints.append("the ledger no longer begins with what it held")
        self._ledger = now[:now.rfind(b"\n") + 1]

    def _check_lost(self, books, kill, may_lose):
        """Answers that the mock gave and the ledger lacks. A hard kill may cost what was on its way."""
        lost = self._settled_counters()["answered"] - books.answered(MOCK)
        more, self.lost = lost - self.lost, lost
        bound = 4 * self.settings["concurrency"] + 64 if may_lose else self._may_be_late()
        if not 0 <= more <= bound:
            self.complaints.append(f"{more} answers of the mock are lost, or came from nowhere, "
                                   f"after {kill or 'a run of its own'}")

    def _may_be_late(self):
        """A long prompt's answer may come when the deadline has passed."""
        return 6 * self.settings["long_prompts"]

    def _settled_counters(self):
        """Once nothing is under way any more but this very question."""
        for _ in range(100):
            counters = self.mock.counters()
            if counters["open_connections"] <= 1:
                break
            time.sleep(0.05)
        return counters

    def _check_end(self):
        keys = {tuple(one["key"][:2]) for one in self.books.settled}
        missing = [(at, variant) for at in range(len(self.rows)) for variant in (MOCK, HOSTILE)
                   if (at, variant) not in keys]
        if missing:
            self.complaints.append(f"{len(missing)} samples are nowhere: {missing[:5]}")
        if not self.complaints:
            self._check_made_anew()

    def _check_made_anew(self):
        """Views that were deleted come again, the same to the byte, and no request is made."""
        run = self.directory / "run"
        views = {path: path.read_bytes() for path in run.glob("finetuning_data*")}
        asked = self.mock.counters()["requests"], self.peer.requests
        for path in views:
            path.unlink()
        self._ended(self._start(), "", {0})
        if asked != (self.mock.counters()["requests"], self.peer.requests):
            self.complaints.append("requests were made for a run that was done")
        for path, before in views.items():
            if not path.exists() or path.read_bytes() != before:
                self.complaints.append(f"{path.name} made anew is not what it was")

    def summary(self):
        mock, hostile = self.settings["mock"], self.settings["hostile"]
        return (f"{self.settings['records']:3} records, mock "
                f"{shape(mock, not mock['options']['plain'])}, hostile "
                f"{shape(hostile, hostile['tls'])}, {', '.join(self.settings['kills']) or 'no kill'}: "
                f"{self.resumes} runs to the end, {self.peer.requests} hostile requests, "
                f"{self.peer.poisons} unsolicited ({len(self.peer.excused)} excused), "
                f"{self.lost} lost to kills, {self.peak_mb} MB")
