"""retort from Python: it starts the program that the wheel brings (else the one on PATH), whose config is a YAML
file, and yields what `retort run --json` prints (engine/record/events.md says what is in it).

    for event in retort.run("config.yaml", limit=10):
        print(event["event"], event["accepted"])
    samples = retort.load("runs/config")

Keys of providers are in the environment or in a file that the config names, as on the command line: what is set
here as a config key can be seen by whoever lists this machine's processes.
"""

from __future__ import annotations

import gzip
import json
import logging
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any, Dict, Iterable, Iterator, List, Mapping, NoReturn, Optional, Union

__all__ = ["Error", "load", "run"]

_HERE = Path(__file__).parent
_BROUGHT = _HERE / "bin" / "retort"
# Where systems other than Debian, whose OpenSSL the wheel brings, keep the authorities they trust.
_AUTHORITIES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
                "/etc/ssl/cert.pem")


class Error(Exception):
    """What the program said, in one line. `status` is its exit status: 1 done, but more samples failed than
    max_failed; 2 something given is wrong; 75 stopped early, the same call goes on; None: it did not run."""

    def __init__(self, line: str, status: Optional[int] = None) -> None:
        super().__init__(line)
        self.status = status


def run(config: Union[str, "os.PathLike[str]"], *, rows: Optional[Iterable[Mapping[str, Any]]] = None,
        limit: Optional[int] = None, fresh: bool = False,
        overrides: Optional[Mapping[str, Any]] = None) -> Iterator[Dict[str, Any]]:
    """Runs a config, or goes on with it, and yields its events; the last one is the summary. Nothing begins before
    the first event is asked for.

    `rows` (a `datasets.Dataset`, a list, anything that gives dicts) take the place of the config's dataset. They are
    kept beside the run directory, as <run_dir>.rows.jsonl: the same ones again go on with the run, further ones behind
    them are welcome, others are refused. `overrides` sets config keys, as --set does: {"sampling.temperature": 0.9}.

    Raises Error where the program ends with another status than 0, after its last event. Who stops asking (a break,
    Ctrl-C) stops the run as SIGINT does: what is in flight is waited for, and kept; a second Ctrl-C waits no more. A
    Python that is killed leaves a run that goes on to its end.
    """
    sets = dict(overrides or {})
    if rows is not None:
        kept = _keep(rows, _rows_file(Path(config), sets))
        sets.update({"dataset.path": str(kept), "dataset.format": "jsonl", "dataset.generate": None, "dataset.sample": None})
    words = [_program(), "run", os.fspath(config), "--json"]
    words += ["--fresh"] if fresh else []
    words += ["--limit", str(limit)] if limit is not None else []
    for key, value in sets.items():
        words += ["--set", f"{key}={json.dumps(value, ensure_ascii=False)}"]
    with tempfile.TemporaryFile() as said:
        # In a session of its own, Ctrl-C reaches it once, through us, wherever the caller is by then.
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said,
                                   env=_environment(), start_new_session=True)
        assert process.stdout is not None
        last: Dict[str, Any] = {}
        interrupts = _Interrupts(process)
        try:
            for line in process.stdout:
                last = json.loads(line)
                yield last
            process.wait()
        finally:
            if process.poll() is None:
                _stop(process, interrupts.told)
            interrupts.close()
            process.stdout.close()
        said.seek(0)
        _conclude(process.returncode, said.read().decode("utf-8", "replace").splitlines(), last)


def load(run: Union[str, "os.PathLike[str]"], output: Optional[str] = None) -> Any:
    """The accepted samples of a run (its directory, or its name below runs/), as its training file has them; of
    several outputs the first, or that of the path `output`. A `datasets.Dataset` where that package is installed,
    else a list of dicts, which JSON lines alone can be read as."""
    directory = Path(run) if Path(run).is_dir() else Path("runs") / run
    try:
        config = json.loads((directory / "summary.json").read_text("utf-8"))["config"]
        book = json.loads((directory / "outputs.json").read_text("utf-8"))["files"]
    except (OSError, ValueError, KeyError) as why:
        raise Error(f"{directory}: is no run directory with files that were written: {why}") from None
    name = Path(output or config.get("outputs.0.path") or config.get("output.path") or "").name
    files = [str(directory / path) for path in sorted(book) if _is_of(Path(path).name, name)]
    if not files:
        raise Error(f"{directory}: has no output {output or name!r}; there are: {', '.join(sorted(book))}")
    kind = re.sub(r"(\.gz|\.zst)$", "", files[0]).rpartition(".")[2]
    try:
        import datasets  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError:
        return _read(files, kind)
    if not any(Path(file).stat().st_size for file in files):  # of which it can tell no columns
        return datasets.Dataset.from_list([])
    builder = {"jsonl": "json"}.get(kind, kind)
    return datasets.load_dataset(builder, data_files=files, split="train")


def main() -> NoReturn:
    """The command `retort` of the wheel."""
    os.execve(_program(), ["retort", *sys.argv[1:]], _environment())


def _program() -> str:
    found = str(_BROUGHT) if _BROUGHT.exists() else shutil.which("retort")
    if found is None:
        raise Error("the program retort is neither beside this module nor on PATH")
    return found


def _environment() -> Dict[str, str]:
    environment = dict(os.environ)
    is_told = "SSL_CERT_FILE" in environment or "SSL_CERT_DIR" in environment
    if _BROUGHT.exists() and not is_told and not Path("/usr/lib/ssl/certs").is_dir():
        environment.update({"SSL_CERT_FILE": file for file in reversed(_AUTHORITIES) if Path(file).exists()})
    return environment


def _rows_file(config: Path, sets: Mapping[str, Any]) -> Path:
    """Beside the run directory, as far as a look at the config tells; it is right wherever it is."""
    text = config.read_text("utf-8") if config.is_file() else ""
    said = dict(re.findall(r"""^(run|run_dir):[ ]*["']?([^"'#\n]+?)["']?[ ]*(?:#.*)?$""", text, re.MULTILINE))
    said.update({key: str(value) for key, value in sets.items() if key in ("run", "run_dir")})
    directory = Path(said.get("run_dir") or Path("runs") / said.get("run", config.stem))
    return directory.with_name(directory.name + ".rows.jsonl")


def _keep(rows: Iterable[Mapping[str, Any]], path: Path) -> Path:
    """One JSON line for each row, put in the file's place once all are written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name + ".", delete=False) as out:
        try:
            for number, row in enumerate(rows):
                out.write(_line(number, row))
        except BaseException:
            os.unlink(out.name)
            raise
    os.replace(out.name, path)
    return path


def _line(number: int, row: Any) -> bytes:
    if not isinstance(row, Mapping):
        raise Error(f"rows: row {number} is a {type(row).__name__}, where a dict is expected")
    try:
        return json.dumps(dict(row), ensure_ascii=False, allow_nan=False).encode() + b"\n"
    except (TypeError, ValueError) as why:
        raise Error(f"rows: row {number} cannot be written as JSON: {why}") from None


class _Interrupts:
    """Hands each SIGINT on to the program, then does what was done before. `told`: it has had one."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.told = False
        self._process = process
        self._mine = self._hand_on  # one object, to be known again
        self._is_set = threading.current_thread() is threading.main_thread()
        if self._is_set:
            self._before = signal.signal(signal.SIGINT, self._mine)

    def _hand_on(self, number: int, frame: Any) -> None:
        self.told = True
        self._process.send_signal(signal.SIGINT)
        if callable(self._before):
            self._before(number, frame)

    def close(self) -> None:
        if self._is_set and signal.getsignal(signal.SIGINT) is self._mine:
            signal.signal(signal.SIGINT, self._before or signal.SIG_DFL)


def _stop(process: "subprocess.Popen[bytes]", is_told: bool) -> None:
    """SIGINT, and its end; a second Ctrl-C has been handed on when it is seen here, a third one ends it."""
    assert process.stdout is not None
    if not is_told:
        process.send_signal(signal.SIGINT)
    for _ in range(2):
        try:
            process.stdout.read()  # or it would wait for a reader
            process.wait()
            return
        except KeyboardInterrupt:
            continue
    process.kill()
    process.wait()


def _conclude(status: int, said: List[str], last: Mapping[str, Any]) -> None:
    """What was said on the way is a warning; with another status than 0, the last line is why."""
    summary = last if last.get("event") == "summary" else {}
    why = ""
    if status not in (0, 1) and not summary and said:
        why = said.pop().replace("retort: ", "", 1)
    for line in said:
        logging.getLogger("retort").warning("%s", line.replace("retort: ", "", 1))
    if status == 1:
        why = f"{summary.get('failed', '?')} samples failed, more than max_failed"
    if status != 0:
        raise Error(why or str(summary.get("reason") or "") or f"retort ended with {status}", status)


def _is_of(file: str, name: str) -> bool:
    """Whether a file is the output of that name (none: the default one), or one of its shards."""
    stem, _, ending = (name or "finetuning_data").partition(".")
    pattern = re.escape(stem) + r"(-\d{5,})?\." + (re.escape(ending) if ending else r"(jsonl|csv|parquet)(\.gz|\.zst)?")
    return re.fullmatch(pattern, file) is not None


def _read(files: List[str], kind: str) -> List[Dict[str, Any]]:
    found: List[Dict[str, Any]] = []
    for file in files:
        if kind != "jsonl" or file.endswith(".zst"):
            raise Error(f"{file}: to read it, the package datasets must be installed")
        with (gzip.open if file.endswith(".gz") else open)(file, "rb") as lines:
            found += [json.loads(line) for line in lines]
    return found
