"""retort from Python: it starts the program that the wheel brings (else the one on PATH), whose config is a YAML
file, and yields what `retort run --json` prints (engine/record/events.md says what is in it).

    for event in retort.run("config.yaml", limit=10):
        print(event["event"], event["accepted"])
    samples = retort.load("runs/config")

Keys of providers are in the environment or in a file that the config names, as on the command line: what is set
here as a config key can be seen by whoever lists this machine's processes.
"""

from __future__ import annotations

import contextlib
import csv
import gzip
import inspect
import io
import itertools
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
from typing import IO, Any, Callable, Dict, Iterable, Iterator, List, Mapping, NoReturn, Optional, Union

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
    them are welcome, others are refused; a refusal leaves what was kept. `overrides` sets config keys, as --set does:
    {"sampling.temperature": 0.9}.

    Raises Error where the program ends with another status than 0, after its last event. Who stops asking (a break,
    Ctrl-C) stops the run as SIGINT does: what is in flight is waited for, and kept; a second Ctrl-C waits no more. A
    Python that is killed leaves a run that goes on to its end.
    """
    program, sets = _program(), dict(overrides or {})
    with tempfile.TemporaryFile() as said, contextlib.ExitStack() as until_its_end:
        restore: Callable[[], None] = lambda: None
        if rows is not None:
            kept = _rows_file(Path(config), sets)
            restore = until_its_end.enter_context(_keep(rows, kept, fresh))
            sets.update({"dataset.path": str(kept), "dataset.format": "jsonl", "dataset.generate": None,
                         "dataset.sample": None})
        words = [program, "run", os.fspath(config), "--json"]
        words += ["--fresh"] if fresh else []
        words += ["--limit", str(limit)] if limit is not None else []
        for key, value in sets.items():
            words += ["--set", f"{key}={json.dumps(value, ensure_ascii=False)}"]
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
        if process.returncode == 2 and not last:  # nothing was begun with them
            restore()
        said.seek(0)
        _conclude(process.returncode, said.read().decode("utf-8", "replace").splitlines(), last)


def load(run: Union[str, "os.PathLike[str]"], output: Optional[str] = None) -> Any:
    """The accepted samples of a run (its directory, or its name below runs/), as its training file has them; of
    several outputs the first, or that of the path `output`. A `datasets.Dataset` where that package is installed,
    else a list of dicts, which Parquet and .zst cannot be read as."""
    directory = Path(os.path.realpath(run if Path(run).is_dir() else Path("runs") / run))
    try:
        summary, manifest, book = (json.loads((directory / f"{name}.json").read_text("utf-8"))
                                   for name in ("summary", "manifest", "outputs"))
        told = {**_outputs(directory, summary["config"]), **_outputs(directory, manifest.get("views", {}))}
        files = _Files(directory, summary["run"], book["files"], told).of(output)
    except (OSError, ValueError, KeyError) as why:
        raise Error(f"{directory}: is no run directory with files that were written: {why}") from None
    if not files:
        there = ", ".join(sorted(book["files"]))
        raise Error(f"{directory}: has no output {str(output or next(iter(told), ''))!r}; there are: {there}")
    try:
        import datasets  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError:
        return [row for file in files for row in _read(file)]
    if _kind(files[0]) == "parquet":
        import pyarrow.parquet  # type: ignore[import-not-found,import-untyped,unused-ignore]
        tables = [pyarrow.parquet.ParquetFile(file).read() for file in files]
        return datasets.Dataset(pyarrow.concat_tables(tables, promote_options="permissive"))
    try:
        return (_in_parts(datasets, files) or
                _as_dataset(datasets.Dataset, [row for file in files for row in _read(file)]))
    except (TypeError, ValueError, OverflowError) as why:  # Arrow's are such
        raise Error(f"{files[0]}: is no datasets.Dataset: {str(why).partition(chr(10))[0]}") from None


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


@contextlib.contextmanager
def _keep(rows: Iterable[Mapping[str, Any]], path: Path, fresh: bool) -> Iterator[Callable[[], None]]:
    """One JSON line for each row, put in the file's place once all are written; gives what puts back the old one.
    Where a run may have answers to the old rows, those must come first."""
    ledger = Path(str(path)[:-len(".rows.jsonl")]) / "ledger.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    old = open(path, "rb") if path.exists() else None  # read when its name is another's already

    def check(written: str) -> None:
        if old and not fresh and ledger.exists() and not _begins(written, old):
            raise Error(f"{path}: the rows have changed: those given do not begin with these. Give the old ones "
                        "(further ones behind them are welcome), another run name, or fresh=True", 2)

    def restore() -> None:
        if old:
            old.seek(0)
            _replace(path, _blocks(old))
        else:
            path.unlink()

    with old or contextlib.nullcontext():
        _replace(path, (_line(number, row) for number, row in enumerate(rows)), check)
        yield restore


def _replace(path: Path, parts: Iterable[bytes], check: Callable[[str], None] = lambda written: None) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name + ".", delete=False) as out:
        try:
            out.writelines(parts)
            out.flush()
            check(out.name)
        except BaseException:
            os.unlink(out.name)
            raise
    os.replace(out.name, path)


def _begins(written: str, old: IO[bytes]) -> bool:
    with open(written, "rb") as new:
        return all(new.read(len(block)) == block for block in _blocks(old))


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    return iter(lambda: file.read(1 << 20), b"")


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


def _outputs(directory: Path, config: Mapping[str, str]) -> Dict[str, bool]:
    """Path of each output, as the config has it, and whether it is in shards."""
    found: Dict[int, Dict[str, str]] = {}
    for key, value in config.items():
        place = re.fullmatch(r"output(?:s\.(\d+))?\.(path|format|shard_mb)", key)
        if place:
            found.setdefault(int(place[1] or 0), {})[place[2]] = value
    return {one.get("path") or str(directory / f"finetuning_data.{'csv' if one.get('format') == 'csv' else 'jsonl'}"):
            one.get("shard_mb", "0") != "0" for _, one in sorted(found.items())}


class _Files:
    """Which of the files that a run wrote are whose. Paths of a config are from where the run was started, which no
    file of it tells: it is the place from which most of them lead to what was written."""

    def __init__(self, directory: Path, run: str, book: Iterable[str], told: Mapping[str, bool]) -> None:
        self._directory = directory
        self._usual = os.path.join("runs", run, "")
        self._written = {str(directory / path) for path in book}
        self._told = told
        is_usual = os.path.join(directory, "").endswith(os.sep + self._usual)
        likely = directory.parents[self._usual.count(os.sep) - 1] if is_usual else Path.cwd()
        places = [likely, Path.cwd(), *directory.parents]
        self._from = max(places, key=lambda place: sum(bool(self._there(place / path, told[path])) for path in told))

    def of(self, output: Union[None, str, "os.PathLike[str]"]) -> List[str]:
        """None: the first."""
        by_place = {self._place(path): is_sharded for path, is_sharded in self._told.items()}
        if output is None:
            return next((self._there(*one) for one in by_place.items()), [])
        asked = [self._place(str(output))] if str(output) in self._told else []
        asked += [os.path.realpath(place / output) for place in (self._from, Path.cwd(), self._directory)]
        return next(filter(None, (self._there(one, by_place.get(one)) for one in asked)), [])

    def _place(self, path: str) -> str:
        place, inner = os.path.realpath(self._from / path), os.path.normpath(path)
        if inner.startswith(self._usual) and not self._there(place, self._told[path]):
            return os.path.realpath(self._directory / inner[len(self._usual):])  # it was moved
        return place

    def _there(self, path: Union[str, Path], is_sharded: Optional[bool]) -> List[str]:
        whole = [one for one in [os.path.realpath(path)] if one in self._written]
        numbered = (os.path.realpath(_shard(str(path), n)) for n in itertools.count())
        shards = list(itertools.takewhile(self._written.__contains__, numbered))
        return whole or shards if is_sharded is None else shards if is_sharded else whole


def _shard(path: str, number: int) -> str:
    """As shard_path() of engine/config/config_output.cpp."""
    plain = re.sub(r"\.(gz|zst)$", "", path)
    stem, ending = os.path.splitext(plain)
    return f"{stem}-{number:05}{ending}{path[len(plain):]}"


def _kind(file: str) -> str:
    return re.sub(r"\.(gz|zst)$", "", file).rpartition(".")[2]


_PART = 20_000  # rows: as dicts they take ten times the room that they have in a dataset


def _in_parts(datasets: Any, files: List[str]) -> Any:
    """None where the parts are of different types: what one is of them all, only all rows together say."""
    rows = (row for file in files for row in _read(file))
    parts: List[Any] = []
    for part in iter(lambda: list(itertools.islice(rows, _PART)), []):
        parts.append(_as_dataset(datasets.Dataset, part))
        if parts[-1].features != parts[0].features:
            return None
    return datasets.concatenate_datasets(parts) if parts else None


def _as_dataset(dataset: Any, rows: List[Dict[str, Any]]) -> Any:
    """Text stays text: the readers of files take what looks like a date, or like a number, for one."""
    if not all(isinstance(row, dict) for row in rows):
        raise TypeError("one of its lines is no JSON object")
    if rows:  # of which it takes the columns
        rows[0] = {**dict.fromkeys(key for row in rows for key in row), **rows[0]}
    is_able = "on_mixed_types" in inspect.signature(dataset.from_list).parameters
    return dataset.from_list(rows, **({"on_mixed_types": "use_json"} if is_able else {}))


def _read(file: str) -> Iterator[Dict[str, Any]]:
    with _open(file) as lines:
        if _kind(file) == "csv":
            csv.field_size_limit((1 << 31) - 1)  # in place of 128 KiB, which answers exceed
            with io.TextIOWrapper(lines, "utf-8", newline="") as text:
                yield from csv.DictReader(text)
        elif _kind(file) == "parquet":
            raise Error(f"{file}: to read it, the package datasets must be installed")
        else:
            yield from map(json.loads, lines)


def _open(file: str) -> Any:
    if not file.endswith(".zst"):
        return (gzip.open if file.endswith(".gz") else open)(file, "rb")
    try:
        import pyarrow  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError:
        raise Error(f"{file}: to read it, the package datasets must be installed") from None
    return io.BufferedReader(pyarrow.input_stream(file, compression="zstd"))
