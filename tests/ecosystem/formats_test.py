"""What retort writes loads in `datasets`, pandas, polars and DuckDB, every format of it, packed or not, and is
there what was written; the ledger loads too, and so do the Parquet files, which are made of and read as what
pyarrow makes of them. The rows that are written have what breaks readers: Unicode beyond the
first plane, newlines of all kinds, quotes, commas, a field that is null in some.
"""

import csv
import datetime
import decimal
import gzip
import json
import pathlib
import resource
import subprocess
import tempfile
import unittest

import datasets
import duckdb
import pandas
import polars
import pyarrow.parquet

from mock_server import PROGRAM

ODD = ['a "quoted", line', "two\nlines\r\nand\rthree", "naïve — 数学 😀 \u2028 \u200b é", "\\ / \t", " "]
TOOLS = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}]
FORMATS = {
    "prompt_completion": {}, "prompt_completion_messages": {}, "messages": {"metadata": True}, "text": {},
    "prompt_only": {}, "unpaired": {}, "preference": {"pairs": 3}, "openai_preference": {}, "gemini": {},
    "gemini_preference": {}, "sharegpt": {}, "alpaca": {}, "openai_batch": {}, "verl": {}, "reward": {},
}


def rows_of_dataset():
    for n in range(60):
        odd = ODD[n % len(ODD)]
        yield {"id": f"q{n} {odd}", "question": f"{odd}\nWhat is {n} + 3?", "answer": str(n + 3),
               "topic": odd, "level": n}


def config(folder):
    outputs = [{"path": f"{folder}/{name}{ending}", "format": name, "columns": ["topic", "level"], **more}
               for name, more in FORMATS.items()
               for ending in (".jsonl", ".jsonl.gz", ".jsonl.zst", ".csv", ".parquet")]
    return {
        "run": "formats", "run_dir": f"{folder}/run", "dataset": {"path": f"{folder}/data.jsonl", "id": "id"},
        "prompt": {"system": "Be näive.\n", "user": "{{{question}}}"}, "reference": {"template": "{{{answer}}}"},
        "models": [{"provider": "mock", "mock": {"wrong": 0.5}}], "sampling": {"seed": 3}, "samples": {"n": 3},
        "evaluate": [{"json_field": {"path": "answer"}}], "outputs": outputs,
    }


class Formats(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls._folder = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls._folder.name)
        with open(cls.folder / "data.jsonl", "w", encoding="utf-8") as out:
            for row in rows_of_dataset():
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
        (cls.folder / "run.yaml").write_text(json.dumps(config(cls.folder)), encoding="utf-8")
        done = subprocess.run([PROGRAM, "run", cls.folder / "run.yaml"], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(done.stdout + done.stderr)
        datasets.disable_progress_bars()

    @classmethod
    def tearDownClass(cls):
        cls._folder.cleanup()

    def path(self, name, ending):
        return str(self.folder / f"{name}{ending}")

    def written(self, name):
        """By Python's own reader, which splits at newlines alone."""
        lines = (self.folder / f"{name}.jsonl").read_bytes().split(b"\n")
        self.assertEqual(lines.pop(), b"")
        rows = [json.loads(line) for line in lines]
        self.assertGreater(len(rows), 20)
        return rows

    def each(self):
        return [(name, self.written(name)) for name in FORMATS]

    def test_the_texts_are_the_datasets(self):
        by_level = {row["level"]: row for row in rows_of_dataset()}
        for name, rows in self.each():
            for row in rows:
                self.assertEqual(row["topic"], by_level[row["level"]]["topic"])
        for row in self.written("messages"):
            self.assertEqual(row["messages"][1]["content"], by_level[row["level"]]["question"])
            self.assertEqual(row["metadata"]["sample_id"], by_level[row["level"]]["id"])

    def test_packed_files_hold_the_same_bytes(self):
        for name, _ in self.each():
            plain = (self.folder / f"{name}.jsonl").read_bytes()
            self.assertEqual(gzip.decompress((self.folder / f"{name}.jsonl.gz").read_bytes()), plain)

    def test_datasets_loads_what_was_written(self):
        for name, rows in self.each():
            for ending in (".jsonl", ".jsonl.gz"):  # for .zst it needs a package more
                loaded = datasets.load_dataset("json", data_files=self.path(name, ending), split="train",
                                               cache_dir=str(self.folder / "cache"))
                self.assertEqual([without_none(row) for row in loaded], [without_none(row) for row in rows])

    def test_the_card_says_which_files_are_what(self):
        folder = self.folder / "hub"
        folder.mkdir()
        (folder / "README.md").write_bytes((self.folder / "run" / "README.md").read_bytes())
        for file in self.folder.glob("*.*"):
            if file.suffix in (".jsonl", ".gz", ".zst", ".csv"):
                (folder / file.name).symlink_to(file)
        names = datasets.get_dataset_config_names(str(folder))
        self.assertLessEqual(set(FORMATS), set(names))
        for name, rows in self.each():
            loaded = datasets.load_dataset(str(folder), name, cache_dir=str(self.folder / "cache"))
            self.assertEqual(set(loaded), {"train"})
            self.assertEqual(loaded["train"].num_rows, len(rows))

    def test_pandas_loads_what_was_written(self):
        for name, rows in self.each():
            for ending in (".jsonl", ".jsonl.gz"):
                frame = pandas.read_json(self.path(name, ending), lines=True, dtype=False, precise_float=True)
                frame = frame.astype(object).where(frame.notna(), None)
                self.assertEqual([without_none(row) for row in frame.to_dict("records")],
                                 [without_none(row) for row in rows])

    def test_polars_loads_what_was_written(self):
        for name, rows in self.each():
            for ending in (".jsonl", ".jsonl.gz", ".jsonl.zst"):
                frame = polars.read_ndjson(self.path(name, ending), infer_schema_length=None)
                self.assertEqual([without_none(row) for row in frame.to_dicts()],
                                 [without_none(row) for row in rows])

    def test_duckdb_loads_what_was_written(self):
        for name, rows in self.each():
            for ending in (".jsonl", ".jsonl.gz", ".jsonl.zst"):
                found = duckdb.sql(f"select json from read_json_objects('{self.path(name, ending)}', "
                                   "format='newline_delimited')").fetchall()
                self.assertEqual([json.loads(row) for row, in found], rows)
                count = duckdb.sql(f"select count(*) from read_json_auto('{self.path(name, ending)}', "
                                   "sample_size=-1)").fetchall()
                self.assertEqual(count, [(len(rows),)])

    def test_tables_have_the_same_members_nested_ones_as_json(self):
        for name, rows in self.each():
            with open(self.path(name, ".csv"), newline="", encoding="utf-8") as file:
                table = list(csv.DictReader(file))
            self.assertEqual([cells(row, table[0]) for row in rows], table)
            frame = pandas.read_csv(self.path(name, ".csv"), dtype=str, keep_default_na=False)
            self.assertEqual(frame.to_dict("records"), table)
            frame = polars.read_csv(self.path(name, ".csv"), infer_schema=False).fill_null("")
            self.assertEqual(frame.to_dicts(), table)
            found = duckdb.sql(f"from read_csv('{self.path(name, '.csv')}', all_varchar=true, header=true, "
                               "delim=',', quote='\"', escape='\"', strict_mode=true)").df().fillna("")
            self.assertEqual(found.to_dict("records"), table)

    def test_parquet_loads_what_was_written(self):
        for name, rows in self.each():
            path, expected = self.path(name, ".parquet"), [typed(row) for row in rows]
            loaded = datasets.load_dataset("parquet", data_files=path, split="train",
                                           cache_dir=str(self.folder / "cache"))
            self.assertEqual([without_none(row) for row in loaded], expected)
            frame = pandas.read_parquet(path, dtype_backend="pyarrow")
            self.assertEqual([without_none(row) for row in pyarrow.Table.from_pandas(frame).to_pylist()], expected)
            self.assertEqual([without_none(row) for row in polars.read_parquet(path).to_dicts()], expected)
            found = duckdb.sql(f"select to_json(t) from read_parquet('{path}') t").fetchall()
            self.assertEqual([without_none(json.loads(row)) for row, in found], expected)

    def test_the_ledger_loads(self):
        ledger = self.folder / "run" / "ledger.jsonl"
        lines = [json.loads(line) for line in ledger.read_bytes().splitlines()][1:]
        self.assertEqual(len(lines), 180)
        found = duckdb.sql(f"select completion from read_json_auto('{ledger}', sample_size=-1, "
                           "union_by_name=true) where completion is not null").fetchall()
        self.assertEqual([text for text, in found], [line["completion"] for line in lines])
        frame = polars.read_ndjson(ledger, infer_schema_length=None).drop_nulls("completion")
        self.assertEqual(frame["completion"].to_list(), [line["completion"] for line in lines])


class Parquet(unittest.TestCase):
    """What others wrote is read as it is."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def rows_of(self, table, fields, limit=None, **options):
        """What retort reads, by a jq output that passes the columns on."""
        pyarrow.parquet.write_table(table, self.folder / "in.parquet", **options)
        settings = {
            "run": "in", "run_dir": f"{self.folder}/run", "dataset": {"path": f"{self.folder}/in.parquet", "limit": limit},
            "prompt": {"user": "{{id}}"}, "models": [{"provider": "mock"}],
            "output": {"path": f"{self.folder}/out.jsonl", "format": {"jq": ".columns"}, "columns": fields,
                       "order": "dataset"},
        }
        (self.folder / "in.yaml").write_text(json.dumps(settings), encoding="utf-8")
        done = subprocess.run([PROGRAM, "run", self.folder / "in.yaml", "--fresh"], capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return [json.loads(line) for line in (self.folder / "out.jsonl").read_text(encoding="utf-8").split("\n")[:-1]]

    def test_what_json_can_say_comes_as_it_is(self):
        count = 500
        columns = {
            "id": pyarrow.array([f"{n} {ODD[n % len(ODD)]}" for n in range(count)]),
            "whole": pyarrow.array([None if n % 7 == 0 else n - 250 for n in range(count)], pyarrow.int16()),
            "real": pyarrow.array([n / 3 for n in range(count)]),
            "flag": pyarrow.array([n % 2 == 0 for n in range(count)]),
            "kind": pyarrow.array(["a", None, "b", ""] * (count // 4)).dictionary_encode(),
            "chat": pyarrow.array([[{"role": "user", "content": ODD[n % len(ODD)], "more": None}] * (n % 3)
                                   for n in range(count)]),
            "deep": pyarrow.array([{"a": [[n], [], None], "b": {"c": None}} if n % 5 else None for n in range(count)]),
            "none": pyarrow.nulls(count),
            "view": pyarrow.array(["more than twelve bytes"] * count, pyarrow.string_view()),
            "large": pyarrow.array([["x"]] * count, pyarrow.large_list(pyarrow.large_string())),
            "pair": pyarrow.array([[n, n + 1] for n in range(count)], pyarrow.list_(pyarrow.int32(), 2)),
        }
        table = pyarrow.table(columns)
        for options in ({"row_group_size": 77}, {"compression": "none", "use_dictionary": False},
                        {"compression": "gzip", "data_page_version": "2.0", "row_group_size": 1},
                        {"compression": "zstd", "data_page_size": 100, "write_page_checksum": True},
                        {"compression": "brotli"}, {"compression": "lz4"}):
            self.assertEqual(self.rows_of(table, list(columns), **options), table.to_pylist())

    def test_a_time_of_spark_is_any_time(self):
        times = [datetime.datetime(*day) for day in ((9999, 12, 31), (1600, 1, 1), (1969, 12, 31, 23, 59, 59, 5))]
        table = pyarrow.table({"id": ["a", "b", "c"], "time": pyarrow.array(times, pyarrow.timestamp("us"))})
        rows = self.rows_of(table, ["time"], use_deprecated_int96_timestamps=True)
        self.assertEqual([row["time"] for row in rows],
                         ["9999-12-31T00:00:00", "1600-01-01T00:00:00", "1969-12-31T23:59:59.000005"])

    def test_a_text_that_many_rows_share_is_not_held_for_each(self):
        one = pyarrow.DictionaryArray.from_arrays(pyarrow.array([0] * 4000, pyarrow.int32()), ["x" * 700_000])
        table = pyarrow.table({"id": [str(n) for n in range(4000)], "text": one})
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        rows = self.rows_of(table, ["id"], limit=3)
        self.assertEqual([row["id"] for row in rows], ["0", "1", "2"])
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss  # in KiB, of the largest child so far
        self.assertLess(peak, max(before, 1_500_000))

    def test_what_json_has_no_words_for_is_told_in_text(self):
        moment = datetime.datetime(1969, 12, 31, 23, 59, 59, 5)
        columns = {
            "id": pyarrow.array(["a"]),
            "time": pyarrow.array([moment], pyarrow.timestamp("us")),
            "zoned": pyarrow.array([moment], pyarrow.timestamp("ns", "Europe/Berlin")),
            "day": pyarrow.array([datetime.date(2024, 2, 29)]),
            "hour": pyarrow.array([datetime.time(1, 2, 3, 500000)]),
            "price": pyarrow.array([decimal.Decimal("1.50")], pyarrow.decimal128(10, 2)),
            "exact": pyarrow.array([decimal.Decimal("-0.10")], pyarrow.decimal128(38, 2)),
            "none": pyarrow.array([decimal.Decimal("0E-18")], pyarrow.decimal128(38, 18)),
            "small": pyarrow.array([decimal.Decimal("-1E-15")], pyarrow.decimal128(38, 18)),
            "nothing": pyarrow.array([decimal.Decimal("0E-8")], pyarrow.decimal128(15, 8)),
            "uuid": pyarrow.array([bytes(range(16))], pyarrow.uuid()),
            "map": pyarrow.array([[("k", 1), ("l", None)]], pyarrow.map_(pyarrow.string(), pyarrow.int64())),
            "numbered": pyarrow.array([[(1, "a")]], pyarrow.map_(pyarrow.int64(), pyarrow.string())),
            "image": pyarrow.array([{"bytes": b"\xff", "path": "a.png"}]),
        }
        self.assertEqual(self.rows_of(pyarrow.table(columns), list(columns)), [{
            "id": "a", "time": "1969-12-31T23:59:59.000005", "zoned": "1969-12-31T23:59:59.000005Z",
            "day": "2024-02-29", "hour": "01:02:03.5", "price": 1.5, "exact": "-0.10",
            "none": "0." + 18 * "0", "small": "-0.000000000000001000", "nothing": 0.0,
            "uuid": "00010203-0405-0607-0809-0a0b0c0d0e0f", "map": {"k": 1, "l": None},
            "numbered": [{"key": 1, "value": "a"}], "image": {"path": "a.png"}}])


def typed(row):
    """As in a table with types: of tools, arguments and fields of the dataset the JSON."""
    return without_none({key: value if key != "level" else str(value) for key, value in row.items()})


def without_none(value):
    """Column stores know a member that some rows lack only as null."""
    if isinstance(value, dict):
        return {key: without_none(one) for key, one in value.items() if one is not None}
    return [without_none(one) for one in value] if isinstance(value, list) else value


def cells(row, columns):
    def cell(value):
        if value is None:
            return ""
        if isinstance(value, str):
            return value
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return {key: cell(row.get(key)) for key in columns}


if __name__ == "__main__":
    unittest.main(verbosity=2)
