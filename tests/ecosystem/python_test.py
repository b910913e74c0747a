"""The Python module by real runs on the mock provider: events, rows that are kept, refusals, Ctrl-C, samples."""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest
from unittest import mock

import datasets

from mock_server import PROGRAM

MODULE = pathlib.Path(__file__).resolve().parents[2] / "tools" / "python"
sys.path.insert(0, str(MODULE))
os.environ["PATH"] = f"{pathlib.Path(PROGRAM).resolve().parent}:{os.environ['PATH']}"

import retort  # noqa: E402

CONFIG = """\
run: sums  # a comment
dataset: {path: data.jsonl}
prompt: {user: "{{question}}"}
reference: {template: "{{answer}}"}
models: [{provider: mock, concurrency: 8, mock: {wrong: 0.2}}]
evaluate: [{json_field: {path: answer}}]
output: {format: messages}
"""


def questions(count, first=0):
    return [{"question": f"What is {n} + 3?", "answer": str(n + 3), "odd": "é\u2028 😀"}
            for n in range(first, count)]


class PythonModule(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.enterContext(contextlib.chdir(folder.name))
        pathlib.Path("sums.yaml").write_text(CONFIG, encoding="utf-8")
        datasets.disable_progress_bars()

    def summary(self, **how):
        return list(retort.run("sums.yaml", **how))[-1]

    def refusal(self, **how):
        with self.assertRaises(retort.Error) as caught:
            self.summary(**how)
        self.assertNotIn("\n", str(caught.exception))
        return caught.exception

    def test_it_yields_the_events_and_ends_with_the_summary(self):
        pathlib.Path("data.jsonl").write_text("".join(json.dumps(row) + "\n" for row in questions(40)))
        events = list(retort.run("sums.yaml", limit=30))
        self.assertEqual(events[-1]["event"], "summary")
        self.assertEqual(events[-1]["generated"], 30)
        self.assertEqual({event["event"] for event in events[:-1]}, {"progress"})

    def test_rows_are_kept_beside_the_run_and_go_on_with_it(self):
        self.assertEqual(self.summary(rows=iter(questions(20)))["requests"], 20)
        kept = pathlib.Path("runs/sums.rows.jsonl").read_bytes()
        self.assertEqual([json.loads(line) for line in kept.split(b"\n")[:-1]], questions(20))
        self.assertEqual(self.summary(rows=datasets.Dataset.from_list(questions(20)))["requests"], 0)
        self.assertEqual(self.summary(rows=questions(25))["requests"], 5)

    def test_rows_take_the_place_of_whatever_dataset_the_config_has(self):
        made = "{generate: 5, sample: {question: [a, b]}}"
        pathlib.Path("sums.yaml").write_text(CONFIG.replace("{path: data.jsonl}", made), encoding="utf-8")
        self.assertEqual(self.summary(rows=questions(7))["generated"], 7)

    def test_rows_that_changed_are_refused_and_leave_what_was_kept(self):
        self.summary(rows=questions(10), limit=4)
        kept = pathlib.Path("runs/sums.rows.jsonl").read_bytes()
        for changed in (questions(11, first=1), questions(9), [*questions(9), {"question": "another", "answer": "1"}]):
            for limit in (None, 2):
                refused = self.refusal(rows=changed, limit=limit)
                self.assertEqual(refused.status, 2)
                self.assertIn("rows.jsonl", str(refused))
                self.assertEqual(pathlib.Path("runs/sums.rows.jsonl").read_bytes(), kept)
        self.assertEqual(self.summary(rows=questions(10))["requests"], 6)
        self.assertEqual(self.summary(rows=questions(11, first=1), fresh=True)["requests"], 10)

    def test_what_the_program_refuses_leaves_what_was_kept(self):
        wrong = {"sampling.temperature": 7}
        self.refusal(rows=questions(3), overrides=wrong)
        self.assertEqual(os.listdir("runs"), [])
        self.summary(rows=questions(10))
        kept = pathlib.Path("runs/sums.rows.jsonl").read_bytes()
        self.refusal(rows=questions(20), overrides=wrong)
        self.refusal(rows=questions(11, first=1), overrides=wrong, fresh=True)
        self.assertEqual(pathlib.Path("runs/sums.rows.jsonl").read_bytes(), kept)
        self.assertEqual(sorted(os.listdir("runs")), ["sums", "sums.rows.jsonl"])

    def test_rows_that_are_no_json_are_named_and_leave_what_was_kept(self):
        self.summary(rows=questions(10))
        for bad in ({"question": b"bytes"}, {"question": float("nan")}, {"question": "\ud800"}, "text"):
            self.assertIn("row 2 ", str(self.refusal(rows=[*questions(2), bad])))
        self.assertEqual(self.summary(rows=questions(10))["requests"], 0)
        self.assertEqual(sorted(os.listdir("runs")), ["sums", "sums.rows.jsonl"])

    def test_the_programs_line_is_the_exception(self):
        self.assertIn("sampling.temperature", str(self.refusal(rows=[], overrides={"sampling.temperature": 7})))
        self.assertEqual(self.refusal().status, 2)  # data.jsonl is missing
        failing = {"models.0.mock": {"error_500": 1}, "retry.attempts": 1}
        with self.assertLogs("retort", "WARNING") as said:
            refused = self.refusal(rows=questions(3), overrides=failing)
        self.assertEqual((refused.status, str(refused)), (1, "3 samples failed, more than max_failed"))
        self.assertIn("server_error", said.output[0])

    def test_overrides_are_values_not_yaml(self):
        odd = 'say "{{question}}": [x] # \\ é'
        self.summary(rows=questions(3), overrides={"prompt.user": odd, "run_dir": "there/it is"})
        line = pathlib.Path("there/it is/ledger.jsonl").read_text(encoding="utf-8").splitlines()[1]
        self.assertEqual(json.loads(line)["messages"][0]["content"][:5], 'say "')
        self.assertTrue(pathlib.Path("there/it is.rows.jsonl").exists())

    def test_samples_are_loaded_as_they_were_written(self):
        accepted = self.summary(rows=questions(50))["accepted"]
        loaded = retort.load("sums")
        self.assertIsInstance(loaded, datasets.Dataset)
        with mock.patch.dict(sys.modules, {"datasets": None}):
            listed = retort.load("runs/sums")
        self.assertEqual(len(listed), accepted)
        self.assertEqual(loaded.to_list(), listed)
        with self.assertRaisesRegex(retort.Error, "no run directory"):
            retort.load("nothing")

    def test_outputs_are_loaded_by_their_path_shards_and_all(self):
        self.summary(rows=questions(20), overrides={"output": None, "outputs": [
            {"path": "a.jsonl.gz", "format": "messages", "shard_mb": 1},
            {"path": "b.csv", "format": "text", "rejected": True}]})
        self.assertEqual(retort.load("sums").column_names, ["messages"])
        self.assertEqual(retort.load("sums", "b.csv").column_names, ["text"])
        with self.assertRaisesRegex(retort.Error, "c.jsonl"):
            retort.load("sums", "c.jsonl")

    def written(self, rows, *outputs, **overrides):
        """Runs with these outputs, and says how many rows `load` finds in each."""
        self.summary(rows=rows, overrides={"output": None, "filter.only_correct": False, **overrides,
                                           "outputs": [{"format": "messages", **one} for one in outputs]})
        return [len(retort.load("sums", one["path"])) for one in outputs]

    def test_outputs_of_like_names_are_never_mixed(self):
        for name in ("train", "eval"):
            pathlib.Path("runs/sums", name).mkdir(parents=True)
        parts = self.written(questions(40), {"path": "runs/sums/train/data.jsonl"},
                             {"path": "runs/sums/eval/data.jsonl", "part": "holdout"},
                             {"path": "sft.jsonl"}, {"path": "sft-20260101.jsonl", "part": "holdout"}, holdout=0.3)
        self.assertEqual(parts, [parts[0], 40 - parts[0]] * 2)
        self.assertEqual(len(retort.load("sums")), parts[0])
        self.assertEqual(len(retort.load("sums", "eval/data.jsonl")), parts[1])
        with self.assertRaisesRegex(retort.Error, "no output 'data.jsonl'"):
            retort.load("sums", "data.jsonl")
        run = pathlib.Path("runs/sums").resolve()
        with contextlib.chdir("/"):
            self.assertEqual([len(retort.load(run, path)) for path in (None, "sft.jsonl")], [parts[0]] * 2)
        moved = run.rename(run.parents[1] / "moved")
        self.assertEqual([len(retort.load(moved, path)) for path in (None, "runs/sums/eval/data.jsonl")], parts[:2])

    def test_an_output_is_its_shards_or_its_file_as_it_was_written_last(self):
        path = "runs/sums/my.data.parquet"
        big = [{"question": f"{n} {os.urandom(30000).hex()}", "answer": "1"} for n in range(60)]
        self.assertEqual(self.written(big, {"path": path, "shard_mb": 1}), [60])
        self.assertGreater(len(list(pathlib.Path("runs/sums").glob("my.data-*.parquet"))), 1)
        self.assertEqual(self.written(big, {"path": path}), [60])
        self.assertTrue(pathlib.Path("runs/sums/my.data-00000.parquet").exists())
        self.assertEqual(self.written(big, {"path": path, "shard_mb": 1}), [60])

    def test_text_is_loaded_as_the_file_has_it(self):
        rows = [{"question": "a", "answer": "1", "x": x} for x in ("2024-01-01T00:00:00", "2024-01-02", "007")]
        names = ("a.jsonl", "a.jsonl.gz", "a.jsonl.zst", "a.csv", "a.csv.gz", "a[1].parquet")
        self.written(rows, *({"path": name, "format": "prompt_completion", "columns": ["x"], "order": "dataset"}
                             for name in names))
        for name in names:
            with self.subTest(name):
                self.assertEqual(list(retort.load("sums", name)["x"]), [row["x"] for row in rows])

    def test_objects_of_other_keys_and_types_are_loaded_as_they_are(self):
        rows = [{"question": "a", "answer": "1", "x": x} for x in ({"a": 1}, {"b": "2"}, {"a": "3"})]
        self.written(rows, {"path": "a.jsonl", "columns": ["x"], "order": "dataset"})
        self.assertEqual(list(retort.load("sums")["x"]), [row["x"] for row in rows])

    def test_what_a_dataset_cannot_hold_is_an_error_that_says_so(self):
        rows = [{"question": "a", "answer": "1", "x": {"n": [12345678901234567890, -1]}}]
        for what, output in (("", {"columns": ["x"]}), ("no JSON object", {"format": {"jq": ".completion"}})):
            self.summary(rows=rows, overrides={"output": None, "filter.only_correct": False,
                                               "outputs": [{"path": "a.jsonl", **output}]})
            with self.assertRaisesRegex(retort.Error, "a.jsonl: is no datasets.Dataset: .*" + what):
                retort.load("sums")

    def test_nothing_accepted_is_an_empty_dataset(self):
        names = ("a.jsonl", "a.jsonl.gz", "a.jsonl.zst", "a.csv", "a.parquet")
        self.assertEqual(self.written(questions(5), *({"path": name} for name in names),
                                      **{"filter.min_length": 1000}), [0] * 5)
        self.assertEqual(self.written(questions(5), {"path": "b[1].parquet", "shard_mb": 1},
                                      **{"filter.min_length": 1000}), [0])

    def test_who_stops_asking_stops_the_run_and_can_go_on(self):
        slow = {"models.0.mock": {"latency_ms": 50}, "models.0.concurrency": 2}
        events = retort.run("sums.yaml", rows=questions(400), overrides=slow)
        next(events)
        events.close()
        done = self.ledger_lines()
        self.assertLess(done, 400)
        self.assertEqual(self.summary(rows=questions(400), overrides={"models.0.concurrency": 50, **{
            "models.0.mock": {"latency_ms": 50}}})["requests"], 400 - done)

    def test_ctrl_c_is_one_sigint_to_the_program_wherever_it_comes(self):
        for body in ("pass", "time.sleep(100)"):
            with self.subTest(body):
                summary = self.interrupted(body)
                self.assertEqual((summary["state"], summary["reason"]), ("stopped", "SIGINT"))
                self.assertEqual(summary["accepted"] + sum(summary["rejected"].values()), self.ledger_lines())

    def interrupted(self, body):
        """The summary of a run whose caller gets a Ctrl-C in the body of its loop, and keeps the exception."""
        script = textwrap.dedent("""\
            import sys, time, retort
            rows = ({"question": f"What is {n} + 3?", "answer": str(n + 3)} for n in range(400))
            slow = {"models.0.mock": {"latency_ms": 50}, "models.0.concurrency": 2}
            try:
                for event in retort.run("sums.yaml", rows=rows, overrides=slow, fresh=True):
                    print("begun", flush=True)
                    BODY
            except KeyboardInterrupt as kept:
                print("interrupted", flush=True)
                sys.stdin.read()
            """).replace("BODY", body)
        with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              env={**os.environ, "PYTHONPATH": str(MODULE)}, start_new_session=True) as caller:
            self.assertEqual(caller.stdout.readline(), b"begun\n")
            os.killpg(caller.pid, signal.SIGINT)  # as a terminal does
            self.assertIn(b"interrupted\n", iter(caller.stdout.readline, b""))
            for _ in range(600):  # until the program, which its caller may not wait for, has ended
                summary = json.loads(pathlib.Path("runs/sums/summary.json").read_text())
                if summary["state"] != "at work":
                    break
                time.sleep(0.1)
            caller.communicate(timeout=100)
        return summary

    def ledger_lines(self):
        return len(pathlib.Path("runs/sums/ledger.jsonl").read_bytes().splitlines()) - 1


if __name__ == "__main__":
    unittest.main(verbosity=2)
