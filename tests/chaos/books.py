"""What a run has on disk, read by other code than its own, and what must hold there at any moment."""

import collections
import json


def whole_lines(path):
    """Up to the last newline: what follows is what a kill left of a line."""
    if not path.exists():
        return []
    return path.read_bytes().split(b"\n")[:-1]


class Books:
    def __init__(self, directory, rows):
        self.directory, self.rows = directory, rows
        self.samples, self.complaints = [], []
        self._read()

    def _read(self):
        for number, line in enumerate(whole_lines(self.directory / "ledger.jsonl"), 1):
            try:
                sample = json.loads(line)
            except ValueError:
                self.complaints.append(f"ledger line {number} is torn: {line[:80]!r}")
                continue
            if "verdict" in sample:
                self.samples.append(sample)
        self.settled = [one for one in self.samples if not one.get("open")]

    def row(self, sample):
        return self.rows[sample["key"][0]]

    def answered(self, variant):
        """How many samples of the variant have an answer."""
        return sum(one["key"][1] == variant and one["verdict"] != "failed" for one in self.settled)

    def check(self, wrong_variant, excused):
        """`wrong_variant`: the one whose answers may be off by their first digit. `excused`: prompts
        whose answer may be one that nobody asked for."""
        self._check_doubles()
        for one in self.settled:
            self._check_answer(one, one["key"][1] == wrong_variant, excused)
        return self.complaints

    def _check_doubles(self):
        counts = collections.Counter(tuple(one["key"]) for one in self.settled)
        self.complaints += [f"sample {key} is settled {count} times"
                            for key, count in counts.items() if count > 1]

    def _check_answer(self, sample, may_be_wrong, excused):
        row = self.row(sample)
        where = f"sample {sample['key']} of {row['id']}"
        if sample.get("id") != row["id"]:
            self.complaints.append(f"{where} calls itself {sample.get('id')}")
        if sample["verdict"] == "failed":
            self.complaints.append(f"{where} has failed for good: {sample.get('failure')}")
            return
        answer, right = sample.get("completion", ""), row["answer"]
        if sample["verdict"] == "accepted" and answer != right:
            self.complaints.append(f"{where} is accepted with {answer[:80]!r}, not {right}")
        if answer == right and sample["verdict"] != "accepted":
            self.complaints.append(f"{where} is right and {sample['verdict']}: {sample}")
        off = may_be_wrong and answer[1:] == right[1:]
        poisoned = row["prompt"] in excused and answer.startswith("unsolicited")
        if answer != right and not off and not poisoned:
            self.complaints.append(f"{where} has another's answer: {answer[:80]!r}, not {right}")

    def check_attempts(self, variant, reads):
        """No sample counts more attempts than requests for it were read: a stale connection costs none.
        `reads`: of a prompt, in all processes."""
        for one in self.settled:
            row, counted = self.row(one), one.get("attempts", 0)
            if one["key"][1] == variant and counted > reads(row["prompt"]):
                self.complaints.append(f"sample {one['key']} counts {counted} attempts; "
                                       f"{reads(row['prompt'])} requests were read")

    def check_views(self, complete):
        """The views are the fold over the ledger, or a beginning of it where the run was killed."""
        for name, verdict in (("finetuning_data", "accepted"),
                              ("finetuning_data.rejected", "rejected")):
            path = self.directory / f"{name}.jsonl"
            shown = [self._shown(json.loads(line)) for line in whole_lines(path)]
            fold = [(one["id"], self.row(one)["prompt"], one["completion"])
                    for one in self.settled if one["verdict"] == verdict]
            if shown != fold[:len(shown)] or (complete and len(shown) != len(fold)):
                self.complaints.append(f"{path.name} is not the fold over the ledger: {len(shown)} "
                                       f"lines, {len(fold)} samples {verdict}")
        return self.complaints

    @staticmethod
    def _shown(line):
        return line["metadata"]["sample_id"], line["prompt"], line["completion"]
