"""PyPI's math-verify and engine/math judge the same pairs, those of tests/engine/math/math_pairs: we accept
no fewer of the equal ones, and none of the others. TESTS_ENGINE says how many of ours are judged wrong.
"""

import os
import pathlib
import re
import subprocess
import unittest

from math_verify import parse, verify

TABLES = pathlib.Path(__file__).parents[1] / "engine" / "math" / "math_pairs"
CASES = {"right": "*mathematically what the reference says", "wrong": "*only look like the reference"}


def pairs_in(name):
    for line in (TABLES / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("# "):
            continue
        answer, *references = line.replace("⏎", "\n").split(" ;; ")
        for reference in references:
            yield answer, reference


def as_formula(text):
    """It looks for LaTeX between dollar signs and in boxes only."""
    told = "$" in text or "\\boxed" in text or "\\(" in text or "\\[" in text
    return text if told or " is " in text else f"${text}$"


def they_accept(answer, reference):
    for form in (str, as_formula):  # plain or as LaTeX, whatever it takes
        try:
            if verify(parse(form(reference)), parse(form(answer))):
                return True
        except Exception:  # what breaks it is not accepted
            pass
    return False


def we_fail(name):
    """How many pairs of the table we do not judge as it says."""
    done = subprocess.run([os.environ["TESTS_ENGINE"], f"-tc={CASES[name]}"], capture_output=True,
                          text=True, check=False)
    counts = re.search(r"assertions: *(\d+) \| *\d+ passed \| *(\d+) failed", done.stdout)
    if not counts or int(counts.group(1)) == 0:
        raise RuntimeError(f"tests_engine does not judge {name}.txt")
    return int(counts.group(2))


class OurPairs(unittest.TestCase):
    def test_we_accept_no_fewer_of_the_equal_ones_and_none_of_the_others(self):
        equal, different = list(pairs_in("right")), list(pairs_in("wrong"))
        ours, theirs = len(equal) - we_fail("right"), sum(they_accept(*pair) for pair in equal)
        our_false = we_fail("wrong")
        their_false = sum(they_accept(*pair) for pair in different)
        print(f"equal pairs accepted, of {len(equal)}: ours {ours}, math-verify {theirs}")
        print(f"others accepted, of {len(different)}: ours {our_false}, math-verify {their_false}")
        self.assertGreaterEqual(ours, theirs)
        self.assertEqual(our_false, 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
