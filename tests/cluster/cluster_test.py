"""`retort submit` in a real Slurm: what tests/cluster/run starts. The class Soak is for those who have ten
minutes: tests/cluster/run RETORT Soak.
"""

import collections
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

from slurm import Slurm, free_ports, wait_until

PROGRAM = pathlib.Path(os.environ["RETORT"])
RECORDS = 7473  # GSM8K's train.jsonl has as many
RUN_S = 240
# Of a path that bash and Slurm would both read otherwise.
ODD = "it's 100% \"odd\" & $HOME"

CONFIG = """
run: maths
dataset: {{path: data.jsonl}}
prompt: {{user: "{{{{question}}}}"}}
models: [{{provider: openai, model: m, base_url: "{url}", api_key_env: CLUSTER_KEY, concurrency: 96,
          limits: {{rpm: {rpm}}}}}]
output: {{rejected: true}}
"""


def write_dataset(at):
    """GSM8K's training half where it lies beside this checkout, else as many rows."""
    for folder in pathlib.Path(__file__).resolve().parents:
        real = folder / "shared" / "data" / "gsm8k" / "train.jsonl"
        if real.exists():
            at.symlink_to(real)
            return
    rows = (json.dumps({"question": f"Ann has {n} apples and buys {n % 97} more. How many has she?",
                        "answer": f"#### {n + n % 97}"}) for n in range(RECORDS))
    at.write_text("".join(row + "\n" for row in rows))


class Mock:
    """`retort mock` over plain HTTP, which answers a prompt always alike."""

    def __init__(self, *flags):
        self._flags = flags

    def __enter__(self):
        self._process = subprocess.Popen([PROGRAM, "mock", "--plain", "--answer", "echo", *self._flags],
                                         stdout=subprocess.PIPE, text=True)
        self.url = self._process.stdout.readline().split()[-1]
        return self

    def __exit__(self, *_):
        self._process.send_signal(signal.SIGTERM)
        self._process.communicate(timeout=30)

    def counters(self):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(self.url.removesuffix("/v1") + "/counters", timeout=30) as response:
            return json.load(response)


class Redis:
    """With nothing on disk: killed, it has forgotten all."""

    def __init__(self):
        self.port = free_ports(1)[0]
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def __enter__(self):
        self._process = subprocess.Popen(["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
                                          "--appendonly", "no"], stdout=subprocess.DEVNULL)
        wait_until(self._answers, "redis-server")
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()

    def _answers(self):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 5) as link:
            link.sendall(b"PING\r\n")
            return link.recv(7) == b"+PONG\r\n"
        return False


@contextlib.contextmanager
def small_disk(at, size):
    """A file system of that size there; what is called with another makes it so large."""
    at.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", at], check=True)
    try:
        yield lambda larger: subprocess.run(["mount", "-o", f"remount,size={larger}", at], check=True)
    finally:
        subprocess.run(["umount", "--lazy", at], check=True)


def samples_in(ledgers):
    """How often each record is there, and its completion."""
    times, said = collections.Counter(), {}
    for ledger in ledgers:
        for line in ledger.read_text().split("\n"):  # a row may hold other ends
            with contextlib.suppress(ValueError):
                one = json.loads(line)
                if "verdict" in one:
                    times[one["key"][0]] += 1
                    said[one["key"][0]] = one["completion"]
    return times, said


class Cluster(unittest.TestCase):
    maxDiff = None
    RPM = 40_000
    BURST_S = 1
    SETTINGS = {}

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="retort-cluster-"))
        self.work = self.folder / ODD
        self.work.mkdir()
        write_dataset(self.work / "data.jsonl")
        rest = contextlib.ExitStack()
        self.addCleanup(rest.close)
        rest.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.mock = rest.enter_context(Mock("--rpm", str(self.RPM), "--burst-s", str(self.BURST_S)))
        self.slurm = rest.enter_context(Slurm(self.folder / "slurm", **{"max_array": 5, "cpus": 4, **self.SETTINGS}))
        self.slurm.environment["CLUSTER_KEY"] = "sk-of-the-cluster-test"
        self.run_dir = self.work / "runs" / "maths"
        self.write_config()

    def write_config(self, more=""):
        (self.work / "run.yaml").write_text(CONFIG.format(url=self.mock.url, rpm=self.RPM) + more)

    def submit(self, *words, tasks=12, check=True):
        return self.slurm.command(PROGRAM, "submit", "run.yaml", "--tasks", tasks, "--cpus", 1, *words, cwd=self.work,
                                  check=check)

    def logs(self):
        return "".join(f"--- {one.name}\n{one.read_text()}" for one in sorted((self.run_dir / "jobs").glob("*"))
                       if one.suffix in (".log", ".out"))

    def samples(self):
        return samples_in((self.run_dir / "shards").glob("*/ledger.jsonl"))

    def count(self):
        return sum(self.samples()[0].values())

    def wait_for_samples(self, count):
        wait_until(lambda: self.count() >= count, f"{count} samples", RUN_S)

    def check_whole(self):
        """All shards together hold what a single process has, each sample once."""
        times, said = self.samples()
        self.assertEqual(sorted(times), list(range(RECORDS)), self.logs()[-3000:])
        self.assertEqual(set(times.values()), {1})
        merged = (self.run_dir / "finetuning_data.jsonl").read_text().split("\n")
        alone, output = self.single_run()
        self.assertEqual(said, alone)
        self.assertEqual(sorted(merged), sorted(output))

    def single_run(self):
        with Mock() as unlimited:
            done = subprocess.run(
                [PROGRAM, "run", "run.yaml", "--plain", "--set", "run=single", "--set", f"models.0.base_url={unlimited.url}",
                 "--set", "models.0.limits={}"], cwd=self.work, capture_output=True, text=True, timeout=RUN_S, check=False,
                env={**os.environ, "CLUSTER_KEY": "sk-of-the-cluster-test"})
        self.assertEqual(done.returncode, 0, done.stderr)
        alone = self.work / "runs" / "single"
        return samples_in([alone / "ledger.jsonl"])[1], (alone / "finetuning_data.jsonl").read_text().split("\n")

    def check_quota(self, repeats=0):
        seen = self.mock.counters()
        self.assertLessEqual(seen["rate_limited"], 0.01 * RECORDS)
        self.assertLessEqual(seen["requests"], RECORDS + seen["rate_limited"] + repeats)

    def check_nothing_is_left(self):
        """No process of a job."""
        left = [one for node in self.slurm.names for one in self.slurm._processes_of(node)]
        self.assertEqual(left, [])


class Quick(Cluster):
    def test_an_array_makes_the_run_of_one_process(self):
        said = self.submit("--throttle", 15).stdout
        self.assertRegex(said, r"^submitted maths: 12 tasks as jobs \d+, \d+, \d+, their merge as job \d+\n")
        self.slurm.wait_for_jobs(RUN_S)
        states = collections.Counter(line.split()[1] for line in self.slurm.queue())
        self.assertEqual(states, {"COMPLETED": 13}, self.logs()[-5000:])
        self.check_whole()
        self.check_quota()
        self.check_nothing_is_left()
        for script in ("run.sh", "merge.sh"):
            self.assertNotIn("sk-of", (self.run_dir / "jobs" / script).read_text())

    def test_what_is_submitted_is_shown_and_checked(self):
        shown = self.submit("--print", "--set", "sampling.stop=[\"it's\", \"$x\"]", "--time", "2:00:00", "--mem", "2G",
                            "--sbatch=--comment=two words").stdout
        self.assertFalse((self.run_dir / "jobs").exists())
        self.assertEqual(self.slurm.queue(), [])
        checked = subprocess.run(["shellcheck", "-s", "bash", "-e", "SC2016", "-"], input=shown, text=True, capture_output=True, check=False)
        self.assertEqual(checked.stdout, "")
        self.assertEqual(len(re.findall(r"(?m)^# sbatch --parsable --array", shown)), 3)

    def test_what_a_flag_says_counts_more_than_the_environment(self):
        self.slurm.environment.update(SBATCH_TIMELIMIT="5", SBATCH_ACCOUNT="other", SBATCH_PARTITION="none",
                                      SBATCH_NO_REQUEUE="1", SBATCH_SIGNAL="INT@7", SBATCH_JOB_NAME="other",
                                      SBATCH_MEM_PER_CPU="7", SBATCH_EXCLUSIVE="")
        self.submit("--time", "2:00:00", "--account", "mine", "--partition", "all", "--mem", "20", "--no-merge",
                    "--sbatch=--hold", tasks=1)
        job = self.slurm.command("scontrol", "show", "job").stdout
        for word in ("TimeLimit=02:00:00", "Account=mine", "Partition=all", "Requeue=1", "JobName=maths", "MinMemoryNode=20M",
                     "OverSubscribe=NO"):  # that for which there was no flag is the environment's
            self.assertIn(word, job)
        self.slurm.command("scancel", "--name=maths")

    def test_what_cannot_be_submitted_is_not(self):
        refused = {
            ("--set", "smapling={}"): r"retort: --set smapling: unknown key.*",
            ("--set", "dataset.path=no.jsonl"): r"retort: .*no\.jsonl.*",
            ("--set", "models.0.api_key_env=NOT_SET"): r"retort: .*NOT_SET.*",
            ("--time", "soon"): r"retort: --time is \"soon\"; expected at least a minute as Slurm writes it: .*",
            ("--throttle", "2"): r"retort: --throttle 2 is less than the 3 arrays that 12 tasks need, .*",
            ("--sbatch", "long"): r"retort: --sbatch is \"long\"; expected an option of sbatch's, .*",
            ("--partition", "none"): r"retort: sbatch: .*partition.*; nothing is submitted",
        }
        for words, line in refused.items():
            done = self.submit(*words, check=False)
            self.assertEqual(done.returncode, 2, done)
            self.assertRegex(done.stderr, f"^{line}\n$")
            self.assertEqual(done.stdout, "")
        for tasks in (0, -1, "many"):
            self.assertEqual(self.submit(tasks=tasks, check=False).returncode, 2)
        self.slurm.environment["PATH"] = "/nowhere"
        done = self.submit(check=False)
        self.assertEqual((done.returncode, done.stderr), (2, "retort: scontrol is not on the PATH: retort submit needs "
                                                             "Slurm's commands; --print shows the script without\n"))
        self.assertIn("# sbatch", self.submit("--print").stdout)
        self.assertEqual(self.mock.counters()["requests"], 0)


class Soak(Cluster):
    """Nodes, tasks and time that go away under it: the same output, every sample once."""

    SETTINGS = {"more": "PreemptType=preempt/partition_prio\nPreemptMode=REQUEUE",
                "partitions": "PartitionName=urgent Nodes=n1,n2,n3 State=UP MaxTime=INFINITE PriorityTier=9 PreemptMode=OFF"}

    def finish(self):
        self.slurm.wait_for_jobs(RUN_S)

    def test_a_node_loses_its_power(self):
        self.submit()
        self.wait_for_samples(RECORDS // 4)
        self.slurm.kill_node("n2")
        time.sleep(1)
        self.slurm.start_node("n2")
        self.finish()
        self.check_whole()
        self.check_nothing_is_left()

    def test_a_slurmd_dies_and_what_it_started_does_not(self):
        self.submit()
        self.wait_for_samples(RECORDS // 4)
        self.slurm.stop_daemon_of("n2")
        self.finish()
        self.check_whole()

    def test_tasks_are_cancelled_and_submitted_again(self):
        self.submit()
        self.wait_for_samples(RECORDS // 4)
        running = self.slurm.running()
        self.slurm.command("scancel", *running[:3])
        self.finish()
        self.assertLess(self.count(), RECORDS)
        self.assertFalse((self.run_dir / "finetuning_data.jsonl").exists())
        self.assertRegex((self.run_dir / "jobs" / "merge.log").read_text(), "^retort: ")
        self.submit()
        self.finish()
        self.check_whole()

    def test_a_running_task_is_requeued_by_an_admin(self):
        self.submit()
        self.wait_for_samples(RECORDS // 4)
        for task in self.slurm.running()[:3]:
            self.slurm.command("scontrol", "requeue", task)
        self.finish()
        self.check_whole()

    def test_tasks_are_preempted(self):
        self.submit()
        self.wait_for_samples(RECORDS // 4)
        self.slurm.command("sbatch", "-p", "urgent", "-N", 2, "--exclusive", "-o", "/dev/null", "--wrap", "sleep 3")
        self.finish()
        self.check_whole()


    def test_the_disk_of_one_shard_is_full(self):
        with small_disk(self.run_dir / "shards" / "0003-of-0012", "512k") as resize:
            self.submit("--restarts", 99)
            wait_until(lambda: "No space left on device" in self.logs(), "a full disk", RUN_S)
            self.wait_for_samples(RECORDS // 2)
            resize("256m")
            self.finish()
            self.assertRegex(self.logs(), r"(?m)restart [1-9]\d* of at most 99$")
            self.check_whole()
        self.check_nothing_is_left()


class Shared(Cluster):
    """One quota by a Redis, whose tasks may use some seconds of it at once (engine/lease/lease.md)."""

    RPM = 20_000
    BURST_S = 4

    def test_redis_is_killed_and_started_again(self):
        with Redis() as redis:
            self.submit("--set", f"models.0.limits.shared={redis.url}")
            self.wait_for_samples(RECORDS // 5)
        self.wait_for_samples(RECORDS // 2)
        with redis:
            self.slurm.wait_for_jobs(RUN_S)
            self.check_whole()
        self.check_quota()
        self.check_nothing_is_left()


class Slow(Cluster):
    RPM = 3_600  # two minutes

    def test_the_time_limit_is_reached(self):
        self.submit("--time", "1", "--restarts", "9")
        self.slurm.wait_for_jobs(600)
        self.assertRegex(self.logs(), r"(?m)restart [1-9] of at most 9$")
        self.assertIn("retort submit: begins again\n", self.logs())
        self.check_whole()
        self.check_quota()


if __name__ == "__main__":
    wanted = sys.argv[1:] or ["Quick"]
    unittest.main(argv=[sys.argv[0], *wanted], verbosity=2)
