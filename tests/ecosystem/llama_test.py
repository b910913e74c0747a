"""retort against the real llama.cpp server, whole answers and streamed ones. It closes the connection
behind a streamed answer without saying so, which nothing that we wrote ourselves would have thought of.
"""

import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import unittest

import llama_server
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


SERVED = """
run: served
run_dir: {folder}/served
dataset: {{path: {folder}/data.jsonl, id: id, limit: 5}}
prompt: {{user: "{{{{q}}}}"}}
models: [{{provider: llamacpp, model: smollm2, concurrency: 4, timeout_s: {timeout},
          serve: {{command: "exec '{python}' -B '{script}' '{gguf}' {{port}}"}}}}]
sampling: {{temperature: 0, max_tokens: 12}}
"""


class ServedTest(unittest.TestCase):
    def test_a_run_starts_the_server_and_stops_it(self):
        with tempfile.TemporaryDirectory() as folder:
            write_dataset(folder)
            config = pathlib.Path(folder, "served.yaml")
            config.write_text(SERVED.format(folder=folder, timeout=TIMEOUT_S, python=sys.executable,
                                            script=llama_server.__file__,
                                            gguf=llama_server.model_file()))
            done = subprocess.run([PROGRAM, "run", str(config), "--plain"], capture_output=True,
                                  text=True, timeout=600, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            lines = pathlib.Path(folder, "served", "ledger.jsonl").read_text().splitlines()
            self.assertEqual(sum("completion" in json.loads(line) for line in lines), 5)
            port = re.search(r"ready at http://127.0.0.1:([0-9]+)/v1", done.stderr)
            with self.assertRaises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", int(port[1])), timeout=5)


if __name__ == "__main__":
    unittest.main()
