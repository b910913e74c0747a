"""A Slurm of several nodes on this machine, on loopback, in a folder of its own: one slurmctld, a
slurmd for each node, munged with its own key. As root, and in a process namespace that somebody else
ends (`run`): what a job leaves behind is looked for by its environment.
"""

import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import time

DEADLINE_S = 60  # for anything that takes a second
SBIN = "/usr/sbin"
BATCH_STEP_S = 2
OVER = {"COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "PREEMPTED", "BOOT_FAIL", "DEADLINE",
        "OUT_OF_MEMORY"}

CONF = """
ClusterName=retort
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.sock
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/%n.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
MpiDefault=none
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0,bf_interval=1
SlurmdParameters=config_overrides
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
KillWait={kill_wait_s}
OverTimeLimit=0
SlurmdTimeout={slurmd_timeout_s}
MaxArraySize={max_array}
MaxJobCount=20000
{more}
NodeName={nodes} NodeHostname={host} NodeAddr=127.0.0.1 Port={ports} CPUs={cpus}
PartitionName=all Nodes={nodes} Default=YES State=UP MaxTime=INFINITE PriorityTier=1
{partitions}
"""


def free_ports(count):
    """Different ones, free a moment ago."""
    with contextlib.ExitStack() as open_sockets:
        taken = [open_sockets.enter_context(socket.socket()) for _ in range(count)]
        for one in taken:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in taken]


def wait_until(holds, what, seconds=DEADLINE_S):
    until = time.monotonic() + seconds
    while True:
        found = holds()
        if found:
            return found
        if time.monotonic() > until:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(0.05)


def environment_of(pid):
    with contextlib.suppress(OSError):
        return pathlib.Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return []


def parent_of(pid):
    with contextlib.suppress(OSError):
        return int(pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0


class Slurm:
    """Runs while the context lasts. Its commands are those of `environment`."""

    def __init__(self, folder, max_array=1001, cpus=2, kill_wait_s=10, slurmd_timeout_s=10, more="", partitions=""):
        self.folder = pathlib.Path(folder)
        self.names = ["n1", "n2", "n3"]
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith(("SLURM", "SBATCH"))}
        self.environment["SLURM_CONF"] = str(self.folder / "slurm.conf")
        self._daemons = {}
        self._settings = {"max_array": max_array, "cpus": cpus, "kill_wait_s": kill_wait_s,
                          "slurmd_timeout_s": slurmd_timeout_s, "more": more, "partitions": partitions}

    def __enter__(self):
        for name in ("state", *self.names):
            (self.folder / name).mkdir(parents=True)
        try:
            self._start_munged()
            self._write_conf()
            self._start("slurmctld", "slurmctld", "-D")
            for name in self.names:
                self.start_node(name)
            self.wait_for_nodes()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for name in self.names:
            self.kill_node(name)
        for one in self._daemons.values():
            one.kill()
            one.wait()

    def _start_munged(self):
        key = self.folder / "munge.key"
        key.touch(0o600)
        key.write_bytes(os.urandom(128))
        at = {name: f"--{name}={self.folder}/munge.{ending}" for name, ending in
              (("key-file", "key"), ("socket", "sock"), ("pid-file", "pid"), ("log-file", "log"), ("seed-file", "seed"))}
        self._start("munged", "munged", "--foreground", "--force", *at.values())
        wait_until((self.folder / "munge.sock").exists, "munged")

    def _write_conf(self):
        controller, *nodes = free_ports(1 + len(self.names))
        text = CONF.format(host=socket.gethostname().partition(".")[0], folder=self.folder,
                           controller_port=controller, nodes=",".join(self.names),
                           ports=",".join(map(str, nodes)), **self._settings)
        (self.folder / "slurm.conf").write_text(text)

    def _start(self, name, program, *words):
        with open(self.folder / f"{name}.out", "ab") as out:
            self._daemons[name] = subprocess.Popen([f"{SBIN}/{program}", *words], stdin=subprocess.DEVNULL,
                                                   stdout=out, stderr=out, env=self.environment)

    def start_node(self, name):
        self._start(name, "slurmd", "-D", "-N", name)

    def wait_for_nodes(self):
        wait_until(lambda: self._nodes_in("idle") + self._nodes_in("mixed") + self._nodes_in("alloc") == len(self.names),
                   "all nodes up")

    def _nodes_in(self, state):
        done = self.command("sinfo", "-h", "-N", "-p", "all", "-t", state, "-o", "%N", check=False)
        return len(done.stdout.split())

    def stop_daemon_of(self, name):
        """Only slurmd: what runs on the node goes on."""
        daemon = self._daemons.pop(name, None)
        if daemon:
            daemon.kill()
            daemon.wait()

    def kill_node(self, name):
        """As if its power failed."""
        self.stop_daemon_of(name)
        for pid in self._processes_of(name):
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)

    def _processes_of(self, name):
        """Jobs on a node, and what watches them."""
        mine, node = f"SLURM_CONF={self.folder}/slurm.conf".encode(), f"SLURMD_NODENAME={name}".encode()
        jobs = set()
        for pid in (int(one) for one in os.listdir("/proc") if one.isdigit()):
            seen = environment_of(pid)
            if mine in seen and node in seen:
                jobs.add(pid)
        watchers = {parent_of(pid) for pid in jobs} - jobs
        return [pid for pid in watchers if self._is_watcher(pid)] + list(jobs)

    @staticmethod
    def _is_watcher(pid):
        with contextlib.suppress(OSError):
            return pathlib.Path(f"/proc/{pid}/comm").read_text().startswith("slurmstepd")
        return False

    def command(self, *words, check=True, **more):
        done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=DEADLINE_S,
                              env=self.environment, check=False, **more)
        if check and done.returncode:
            raise RuntimeError(f"{words}: status {done.returncode}: {done.stderr}")
        return done

    def queue(self, form="%i %T %r"):
        """Lines of squeue, a task each, for a while those that are over too."""
        return self.command("squeue", "-h", "-r", "-t", "all", "-o", form).stdout.splitlines()

    def running(self):
        return [line.split()[0] for line in self.queue() if line.split()[1] == "RUNNING"]

    def unfinished(self):
        return [line for line in self.queue() if line.split()[1] not in OVER]

    def wait_for_jobs(self, seconds=DEADLINE_S):
        """Until all are over. What begins again would wait for two minutes: Slurm gives the batch
        step of the time before so long to end, which is over here in one or two seconds."""
        delayed = {}

        def is_over():
            left = self.unfinished()
            waiting = {line.split()[0] for line in left if line.split()[1:3] == ["PENDING", "BeginTime"]}
            for task in set(delayed) - waiting:
                del delayed[task]
            for task in waiting:
                if time.monotonic() - delayed.setdefault(task, time.monotonic()) > BATCH_STEP_S:
                    self.command("scontrol", "update", f"JobId={task}", "StartTime=now", check=False)
            return not left

        wait_until(is_over, f"all jobs over, in {self.folder}", seconds)
