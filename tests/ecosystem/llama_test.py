"""retort against the real llama.cpp server, whole answers and streamed ones. It closes the connection
behind a streamed answer without saying so, which nothing that we wrote ourselves would have thought of.
"""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from llama_server import LlamaServer

PROGRAM = os.environ["RETORT"]
RECORDS = 20
TIMEOUT_S = 120  # of a request: one that hangs is a failed one, and told from a slow machine's

CONFIG = """
run: {name}
run_dir: {folder}/{name}
dataset: {{path: {folder}/data.jsonl, id: id}}
prompt: {{user: "{{{{q}}}}"}}
models: [{{provider: llamacpp, model: smollm2, base_url: "{base_url}", concurrency: 4,
          timeout_s: {timeout}, stream: {stream}}}]
sampling: {{temperature: 0, seed: 7, max_tokens: 12}}
"""


def write_dataset(folder):
    rows = [json.dumps({"id": f"r{i}", "q": f"What is {i} + 3?"}) for i in range(RECORDS)]
    pathlib.Path(folder, "data.jsonl").write_text("".join(row + "\n" for row in rows))


def run_retort(folder, name, base_url, stream):
    """The exit status, the summary, and the ledger's samples."""
    config = pathlib.Path(folder, name + ".yaml")
    config.write_text(CONFIG.format(name=name, folder=folder, base_url=base_url, timeout=TIMEOUT_S,
                                    stream=str(stream).lower()))
    done = subprocess.run([PROGRAM, "run", str(config), "--json"], capture_output=True, text=True,
                          timeout=600, check=False)
    events = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    summaries = [one for one in events if one.get("event") == "summary"]
    ledger = pathlib.Path(folder, name, "ledger.jsonl").read_text().splitlines()
    samples = [one for one in map(json.loads, ledger) if "verdict" in one]
    return done, summaries[-1] if summaries else {}, samples


class LlamaTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(LlamaServer())
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        write_dataset(cls.folder)

    def check_run(self, name, stream):
        done, summary, samples = run_retort(self.folder, name, self.server.base_url, stream)
        self.assertEqual([one["failure"] for one in samples if "failure" in one], [])
        self.assertEqual({one["id"] for one in samples}, {f"r{i}" for i in range(RECORDS)})
        self.assertEqual(len(samples), RECORDS)
        self.assertEqual({one["attempts"] for one in samples}, {1})
        self.assertEqual(summary.get("retries"), 0, summary)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return {one["id"]: one["completion"] for one in samples}

    def test_whole_and_streamed_answers_come_at_the_first_attempt_and_are_the_same(self):
        whole = self.check_run("whole", stream=False)
        streamed = self.check_run("streamed", stream=True)
        # Which requests share a batch moves a near tie now and then.
        same = sum(whole[one] == streamed[one] for one in whole)
        self.assertGreaterEqual(same, RECORDS - 3)


if __name__ == "__main__":
    unittest.main()
