"""A report in headless Chromium: it is drawn without one message on the console, and what models say is text.

Skipped where there is no chromium (Debian: chromium).
"""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

RETORT = os.environ["RETORT"]
CHROMIUM = shutil.which("chromium")
ATTACKS = [
    "<script>document.title = 'taken'; console.log('taken')</script>",
    "</pre></details><img src=x onerror=\"console.log('taken')\">",
    "\u202egnp.exe \u2066hidden\u2069 \u0000 \u001b[31m",
    "\"><svg onload=console.log('taken')> & &lt; ' \"",
]
CONFIG = """
run: attack
dataset: {path: rows.jsonl, id: id}
prompt: {user: "{{{question}}}"}
models:
  - {provider: mock, model: m, mock: {replay: rows.jsonl, match: question, reply: answer, latency_ms: 1}}
"""


@unittest.skipUnless(CHROMIUM, "there is no chromium")
class report(unittest.TestCase):
    def setUp(self):
        held = tempfile.TemporaryDirectory()
        self.addCleanup(held.cleanup)
        self.place = pathlib.Path(held.name)
        rows = [{"id": f"q{n}{attack}", "question": f"{n}: {attack}", "answer": attack}
                for n, attack in enumerate(ATTACKS)]
        (self.place / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        (self.place / "run.yaml").write_text(CONFIG)
        for words in (["run", "run.yaml"], ["report", "attack"]):
            subprocess.run([RETORT, *words], cwd=self.place, check=True, capture_output=True)
        self.page = self.place / "runs/attack/report.html"

    def browse(self, *flags):
        return subprocess.run(
            [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
             f"--user-data-dir={self.place}/profile", *flags, self.page.as_uri()],
            capture_output=True, text=True, timeout=120)

    def test_nothing_is_on_the_console_and_no_text_is_markup(self):
        seen = self.browse("--dump-dom")
        self.assertEqual([line for line in seen.stderr.splitlines() if "CONSOLE" in line], [])
        self.assertIn("<title>attack - retort</title>", seen.stdout)
        for markup in ("<script", "<img", "<svg onload", "\u202e"):
            self.assertNotIn(markup, seen.stdout)
        self.assertIn("&lt;script&gt;", seen.stdout)

    def test_it_is_drawn_on_a_screen_and_on_a_phone(self):
        for width in (1200, 400):
            picture = self.place / f"{width}.png"
            self.browse(f"--window-size={width},2000", f"--screenshot={picture}")
            self.assertGreater(picture.stat().st_size, 10_000)


class of_a_benchmark(report):
    """The page of `retort bench --report`, of a model whose name is an attack."""

    def setUp(self):
        held = tempfile.TemporaryDirectory()
        self.addCleanup(held.cleanup)
        self.place = pathlib.Path(held.name)
        models = [{"provider": "mock", "model": f"attack {attack[:60]}", "mock": {"latency_ms": 5}} for attack in ATTACKS[:2]]
        (self.place / "run.yaml").write_text(json.dumps(
            {"run": "b", "dataset": {"generate": 10}, "prompt": {"user": "x"}, "models": models}))
        done = subprocess.run([RETORT, "bench", "run.yaml", "--concurrency", "1,4,16", "--requests", "64", "--report", "page.html"],
                              cwd=self.place, capture_output=True, text=True)
        self.assertIn(done.returncode, (0, 3), done.stderr)
        self.page = self.place / "page.html"

    def test_nothing_is_on_the_console_and_no_text_is_markup(self):
        seen = self.browse("--dump-dom")
        self.assertEqual([line for line in seen.stderr.splitlines() if "CONSOLE" in line], [])
        self.assertIn("<title>Benchmark of several endpoints - retort</title>", seen.stdout)
        for markup in ("<script", "<img", "<svg onload"):
            self.assertNotIn(markup, seen.stdout)
        self.assertIn("&lt;script&gt;", seen.stdout)


if __name__ == "__main__":
    unittest.main()
