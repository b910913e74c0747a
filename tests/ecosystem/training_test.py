"""Trainers at work on what is written for them: TRL's SFTTrainer takes two steps with a tiny model of random weights, and
LLaMA-Factory finds and aligns files by their dataset_info.json. Torch alone is 500 MB, with what it depends on
6 GB, so `tools/soak training` does this, not tools/test.
"""

import json
import math
import os
import pathlib
import sys
import tempfile
import types
import unittest

os.environ.update(DISABLE_VERSION_CHECK="1", CUDA_VISIBLE_DEVICES="", HF_HUB_OFFLINE="1")

import datasets  # noqa: E402
import transformers  # noqa: E402
import trl  # noqa: E402

import made_tokenizer  # noqa: E402
import trained_runs  # noqa: E402

sys.modules.setdefault("torchaudio", types.ModuleType("torchaudio"))  # imported for sounds, which there are none of
from llamafactory.data.converter import align_dataset  # noqa: E402
from llamafactory.data.parser import get_dataset_list  # noqa: E402


class Training(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        datasets.disable_progress_bars()

    def loaded(self, path):
        return datasets.load_dataset("json", data_files=path, split="train", cache_dir=f"{self.folder}/cache")

    def test_sft_trainer_takes_two_steps(self):
        paths = trained_runs.run(self.folder, {name: trained_runs.FORMATS[name]
                                               for name in ("messages", "prompt_completion_messages")})
        for name, path in paths.items():
            tokenizer = made_tokenizer.make()
            shape = transformers.LlamaConfig(
                vocab_size=len(tokenizer), hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2,
                num_key_value_heads=2, max_position_embeddings=512, pad_token_id=tokenizer.pad_token_id,
                eos_token_id=tokenizer.eos_token_id)
            how = trl.SFTConfig(output_dir=f"{self.folder}/{name}", max_steps=2, per_device_train_batch_size=2, use_cpu=True,
                                report_to=[], logging_steps=1, save_strategy="no", disable_tqdm=True, bf16=False)
            trainer = trl.SFTTrainer(model=transformers.LlamaForCausalLM(shape), args=how, train_dataset=self.loaded(path),
                                     processing_class=tokenizer)
            result = trainer.train()
            self.assertEqual(result.global_step, 2, name)
            self.assertTrue(0 < result.training_loss < math.inf, name)

    def test_llama_factory_finds_and_aligns_its_files(self):
        paths = trained_runs.run(self.folder, trained_runs.LLAMA_FACTORY)
        names = json.loads(pathlib.Path(self.folder, "dataset_info.json").read_text(encoding="utf-8"))
        self.assertEqual(len(names), len(paths))
        how = types.SimpleNamespace(streaming=False, preprocessing_num_workers=None, overwrite_cache=True,
                                    media_dir=self.folder)
        for attributes in get_dataset_list(list(names), self.folder):
            path = f"{self.folder}/{attributes.dataset_name}"
            self.assertIn(path, paths.values())
            rows = trained_runs.rows_of(path)
            aligned = align_dataset(self.loaded(path), attributes, how, types.SimpleNamespace(local_process_index=0))
            self.assertEqual(len(aligned), len(rows))
            for row in aligned:
                self.assertEqual(row["_system"], "Be brief.")
                self.assertEqual([turn["role"] for turn in row["_prompt"]],
                                 ["user", "assistant"] * (len(row["_prompt"]) // 2) + ["user"])
                self.assertIn("naïve — 数学 😀\nWhat is ", row["_prompt"][-1]["content"])
                self.assertEqual([turn["role"] for turn in row["_response"]], ["assistant"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
