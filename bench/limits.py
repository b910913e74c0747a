"""When bench/guard and bench/instructions fail, and the histories that they compare with. No ratio
here is a time: a slow or a busy machine slows wrk as well.
"""

import json
import statistics

# What retort must reach, as ratios to wrk in the same round.
MOST_CPU = 1.5
LEAST_THROUGHPUT = 0.7

# What counts as clearly worse than before: by this factor, once there are so many runs to go by.
TOLERANCE = 1.2
ENOUGH_HISTORY = 3

# Of peak memory, in MB, and how far runs of different lengths may lie apart.
MOST_MEMORY = {256: 64, 8000: 400}
MEMORY_SPREAD = 1.1

# A streamed answer beside the same as one body.
MOST_STREAM_CPU = 1.5

# Instructions per record, beside the last run that was kept.
MORE_INSTRUCTIONS = 1.03

# From the start of a resume over 3,000,000 ledger lines to its first request. An absolute time, so
# it is reported and fails nothing.
RESUME_SECONDS = 5


# All of these yield one line per complaint. `ratios`: {"cpu": ..., "throughput": ...}.

def over_limits(ratios):
    if ratios["cpu"] > MOST_CPU:
        yield f"CPU per request is {ratios['cpu']:.2f} of wrk's; the limit is {MOST_CPU}"
    if ratios["throughput"] < LEAST_THROUGHPUT:
        yield f"throughput is {ratios['throughput']:.2f} of wrk's; the limit is {LEAST_THROUGHPUT}"


def regressions(ratios, before):
    """`before`: the ratios of earlier runs."""
    if len(before) < ENOUGH_HISTORY:
        return
    usual = {name: statistics.median(run[name] for run in before) for name in ratios}
    if ratios["cpu"] > usual["cpu"] * TOLERANCE:
        yield f"CPU per request is {ratios['cpu']:.2f} of wrk's; it used to be {usual['cpu']:.2f}"
    if ratios["throughput"] < usual["throughput"] / TOLERANCE:
        yield (f"throughput is {ratios['throughput']:.2f} of wrk's; "
               f"it used to be {usual['throughput']:.2f}")


def over_stream_limit(ratio):
    if ratio > MOST_STREAM_CPU:
        yield (f"a streamed answer costs {ratio:.2f} times the CPU of one body; "
               f"the limit is {MOST_STREAM_CPU}")


def more_instructions(now, before):
    """`before`: of the last run that was kept, or None."""
    if before and now > before * MORE_INSTRUCTIONS:
        yield f"a record costs {now:,.0f} instructions; it used to be {before:,.0f}"


def over_memory_limits(peaks):
    """`peaks`: (in flight, records, peak MB) of each run."""
    for in_flight, records, peak in peaks:
        if peak > MOST_MEMORY[in_flight]:
            yield (f"{records:,} records with {in_flight:,} in flight took {peak:.0f} MB; "
                   f"the limit is {MOST_MEMORY[in_flight]}")
    usual = [peak for in_flight, _, peak in peaks if in_flight == 256]
    if max(usual) > min(usual) * MEMORY_SPREAD:
        yield (f"memory depends on the dataset's size: {min(usual):.1f} to {max(usual):.1f} MB "
               "with 256 in flight")


class History:
    """One JSON line per run, oldest first."""

    def __init__(self, path):
        self.path = path

    def ratios(self, machine, records):
        """Of the like runs on machines of this kind, but for those that were a regression."""
        if not self.path.exists():
            return []
        runs = [json.loads(line) for line in self.path.read_text().splitlines()]
        return [run["ratios"] for run in runs
                if (run["machine"], run.get("records")) == (machine, records)
                and not run["regressed"]]

    def last(self, name):
        """The newest run's figure of this name, or None."""
        lines = self.path.read_text().splitlines() if self.path.exists() else []
        return json.loads(lines[-1])[name] if lines else None

    def add(self, run):
        with self.path.open("a") as file:
            file.write(json.dumps(run) + "\n")
