"""A run on the mock provider whose files trainers are given: system prompts, several turns, calls of tools, Unicode."""

import json
import pathlib
import subprocess

from mock_server import PROGRAM

# By format, with what its consumer wants of it.
FORMATS = {
    "messages": {"tool_arguments": "object"}, "prompt_completion_messages": {"tool_arguments": "object"},
    "text": {}, "prompt_only": {"tool_arguments": "object"}, "preference": {"tool_arguments": "object", "pairs": 2},
    "unpaired": {"tool_arguments": "object"},
}
TOGETHER = {"messages": {}, "openai_preference": {"pairs": 2}, "text": {}}
TOGETHER_TEXTS = {"prompt_completion": {"metadata": False}}  # two texts, where a prompt is one message
LLAMA_FACTORY = {"sharegpt": {}, "alpaca": {}}


def conversations(with_tools):
    """Of one turn and of several; every third one has called a tool before."""
    for n in range(30):
        question = {"role": "user", "content": f"naïve — 数学 😀\nWhat is {n} + 3?"}
        before = [] if n % 3 else [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi \u2028 you"}]
        if with_tools and n % 3 == 1:
            call = {"id": f"c{n}", "type": "function", "function": {"name": "add", "arguments": json.dumps({"a": n})}}
            before = [{"role": "user", "content": "Use it."}, {"role": "assistant", "content": None, "tool_calls": [call]},
                      {"role": "tool", "tool_call_id": f"c{n}", "name": "add", "content": "5"},
                      {"role": "assistant", "content": "It is 5."}]
        yield {"messages": [{"role": "system", "content": "Be brief."}, *before, question], "answer": str(n + 3)}


def run(folder, formats, with_tools=False, questions_alone=False):
    """The paths of the files, by format."""
    folder = pathlib.Path(folder)
    rows = list(conversations(with_tools))
    if questions_alone:
        rows = [{"question": row["messages"][-1]["content"], "answer": row["answer"]} for row in rows]
    (folder / "data.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    paths = {name: str(folder / f"{name}.jsonl") for name in formats}
    config = {
        "run": "trained", "run_dir": str(folder / "run"), "dataset": {"path": str(folder / "data.jsonl")},
        "prompt": {"user": "{{{question}}}"} if questions_alone else {"messages_field": "messages"},
        "reference": {"template": "{{answer}}"},
        "models": [{"provider": "mock", "model": name, "mock": {"answer": "text", "wrong": 0.5, "seed": seed}}
                   for seed, name in enumerate(("a", "b", "c"))],
        "evaluate": [{"numeric": {}}],
        "outputs": [{"path": paths[name], "format": name, **more} for name, more in formats.items()],
    }
    (folder / "run.yaml").write_text(json.dumps(config), encoding="utf-8")
    done = subprocess.run([PROGRAM, "run", folder / "run.yaml"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stdout + done.stderr)
    return paths


def rows_of(path):
    rows = [json.loads(line) for line in pathlib.Path(path).read_bytes().split(b"\n")[:-1]]
    if len(rows) < 5:
        raise AssertionError(f"{path}: {len(rows)} rows")
    return rows
