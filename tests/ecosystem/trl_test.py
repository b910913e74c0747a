"""TRL's own functions for datasets take what is written for it, and Together's file check passes its strict forms."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

os.environ["TRANSFORMERS_VERBOSITY"] = "error"  # it says that there is no torch, which nothing here needs

from trl.data_utils import apply_chat_template, extract_prompt, is_conversational, unpair_preference_dataset  # noqa: E402

import datasets  # noqa: E402

import made_tokenizer  # noqa: E402
import trained_runs  # noqa: E402

BESIDE = pathlib.Path(sys.prefix)  # where tests/ecosystem/run puts Together's clients
TEMPLATED = {  # what TRL makes of a line
    "messages": {"text"}, "prompt_completion_messages": {"prompt", "completion"}, "prompt_only": {"prompt"},
    "preference": {"prompt", "chosen", "rejected"}, "unpaired": {"prompt", "completion", "label"},
}
CHECK = """
import json, sys
try:
    from together.lib.utils.files import check_file
except ImportError:
    from together.utils.files import check_file
print(json.dumps([check_file(path) for path in sys.argv[1:]], default=str))
"""


class Trainers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.paths = trained_runs.run(folder.name, trained_runs.FORMATS, with_tools=True)
        cls.tokenizer = made_tokenizer.make()
        datasets.disable_progress_bars()

    def loaded(self, name):
        rows = trained_runs.rows_of(self.paths[name])
        with tempfile.TemporaryDirectory() as cache:
            table = datasets.load_dataset("json", data_files=self.paths[name], split="train", cache_dir=cache)
        self.assertEqual(len(table), len(rows))
        return list(table), rows

    def test_trl_knows_conversations_for_what_they_are(self):
        for name in trained_runs.FORMATS:
            for row in [*self.loaded(name)[0], *trained_runs.rows_of(self.paths[name])]:
                self.assertEqual(is_conversational(row), name != "text", name)

    def test_trl_applies_a_chat_template_to_each_line(self):
        for name, members in TEMPLATED.items():
            for row in self.loaded(name)[1]:
                made = apply_chat_template(dict(row), self.tokenizer)
                self.assertEqual(set(made) & {*members, "text"}, members, name)
                text = "".join(value for value in made.values() if isinstance(value, str))
                self.assertIn("<|im_start|>system\nBe brief.<|im_end|>", text)
                self.assertIn("naïve — 数学 😀\nWhat is ", text)
                self.assertEqual("<call>" in text, "tool_calls" in json.dumps(row))

    def test_arguments_of_calls_are_objects_for_the_template(self):
        text = "".join(apply_chat_template(dict(row), self.tokenizer)["text"] for row in self.loaded("messages")[1])
        self.assertIn('<call>add {"a": 1}</call>', text)

    def test_prompt_and_completion_are_the_parts_of_the_whole_text(self):
        for whole, parts in zip(self.loaded("messages")[1], self.loaded("prompt_completion_messages")[1]):
            made = apply_chat_template(dict(parts), self.tokenizer)
            self.assertEqual(made["prompt"] + made["completion"], apply_chat_template(dict(whole), self.tokenizer)["text"])

    def test_trl_unpairs_preferences_and_finds_their_prompts(self):
        pairs = trained_runs.rows_of(self.paths["preference"])
        plain = [row for row in pairs if "tool_calls" not in json.dumps(row)]
        table = datasets.Dataset.from_list(plain)
        self.assertEqual(len(unpair_preference_dataset(table)), 2 * len(table))
        for row in pairs:
            implicit = {key: row["prompt"] + row[key] for key in ("chosen", "rejected")}
            self.assertEqual(extract_prompt(implicit)["prompt"], row["prompt"])


class TogetherCheck(unittest.TestCase):
    def test_the_strict_forms_pass_the_check_of_either_client(self):
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
            paths = {**trained_runs.run(folder, trained_runs.TOGETHER),
                     **trained_runs.run(other, trained_runs.TOGETHER_TEXTS, questions_alone=True)}
            for client in ("together-1.5", "together-3"):
                for name, report in zip(paths, self.reports(client, paths.values())):
                    self.assertTrue(report["is_check_passed"], f"{client}, {name}: {report}")
                    self.assertEqual(report["num_samples"], len(trained_runs.rows_of(paths[name])))

    def test_the_check_of_the_old_client_refuses_metadata_so_it_is_no_rubber_stamp(self):
        with tempfile.TemporaryDirectory() as folder:
            path = trained_runs.run(folder, {"messages": {"metadata": True}})["messages"]
            report, = self.reports("together-1.5", [path])
            self.assertFalse(report["is_check_passed"])

    def reports(self, client, paths):
        done = subprocess.run([sys.executable, "-c", CHECK, *paths], capture_output=True, check=False,
                              env={**os.environ, "PYTHONPATH": str(BESIDE / client)})
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
