"""When the guard in bench/ fails: at its limits, and where a ratio is clearly worse than before."""

import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bench"))
import limits


def ratios(cpu, throughput):
    return {"cpu": cpu, "throughput": throughput}


USUAL = [ratios(1.0, 1.0), ratios(1.1, 0.9), ratios(0.9, 1.1)]

# The ratios of a run, the runs before it, and how many complaints it gives.
RUNS = [
    (ratios(1.5, 0.7), [], 0),
    (ratios(1.51, 0.7), [], 1),
    (ratios(1.5, 0.69), [], 1),
    (ratios(1.51, 0.69), [], 2),
    (ratios(1.2, 0.84), USUAL, 0),
    (ratios(1.21, 1.0), USUAL, 1),
    (ratios(1.0, 0.83), USUAL, 1),
    (ratios(0.5, 2.0), USUAL, 0),
    (ratios(1.4, 0.75), USUAL[:2], 0),  # two runs are no history
    (ratios(1.6, 0.6), USUAL, 4),
]

# (in flight, records, peak MB) of the runs, and how many complaints they give.
PEAKS = [
    ([(256, 10, 60.0), (256, 300, 64.0), (8000, 20, 400.0)], 0),
    ([(256, 10, 64.1), (256, 300, 64.1), (8000, 20, 10.0)], 2),
    ([(256, 10, 20.0), (256, 300, 22.1), (8000, 20, 400.1)], 2),
    ([(256, 10, 22.1), (256, 300, 20.0), (8000, 20, 10.0)], 1),
]


class Limits(unittest.TestCase):
    def test_ratios(self):
        for run, before, expected in RUNS:
            with self.subTest(run=run, before=before):
                complaints = [*limits.over_limits(run), *limits.regressions(run, before)]
                self.assertEqual(len(complaints), expected)

    def test_peak_memory(self):
        for peaks, expected in PEAKS:
            with self.subTest(peaks=peaks):
                self.assertEqual(len(list(limits.over_memory_limits(peaks))), expected)

    def test_the_cost_of_a_stream(self):
        self.assertEqual(list(limits.over_stream_limit(1.5)), [])
        self.assertEqual(len(list(limits.over_stream_limit(1.51))), 1)

    def test_more_instructions_than_before(self):
        for now, before, complaints in [(103.0, 100, 0), (103.1, 100, 1), (1.0, 100, 0),
                                        (9.0, None, 0)]:
            with self.subTest(now=now, before=before):
                self.assertEqual(len(list(limits.more_instructions(now, before))), complaints)

    def test_history_gives_the_newest_figure(self):
        with tempfile.TemporaryDirectory() as directory:
            history = limits.History(pathlib.Path(directory) / "history.jsonl")
            self.assertIsNone(history.last("instructions"))
            history.add({"instructions": 7})
            history.add({"instructions": 5})
            self.assertEqual(history.last("instructions"), 5)

    def test_history_gives_the_ratios_of_like_runs_that_were_no_regression(self):
        def run(machine, records, regressed, numbers):
            return {"machine": machine, "records": records, "regressed": regressed,
                    "ratios": numbers}

        with tempfile.TemporaryDirectory() as directory:
            history = limits.History(pathlib.Path(directory) / "history.jsonl")
            self.assertEqual(history.ratios("here", 300), [])
            history.add(run("here", 300, False, ratios(1, 2)))
            history.add(run("here", 300, True, ratios(3, 4)))
            history.add(run("here", 100, False, ratios(5, 6)))
            history.add(run("there", 300, False, ratios(7, 8)))
            history.add({"machine": "here", "memory": []})
            self.assertEqual(history.ratios("here", 300), [ratios(1, 2)])


if __name__ == "__main__":
    unittest.main()
