"""`endpoints: {srv: NAME}` by the machine's own resolver: glibc asks port 53 of what /etc/resolv.conf names, so the program
runs in a network of its own, with a name server there and a provider behind each record.

Skipped where the system lets nobody have such a network (no user namespaces).
"""

import collections
import fcntl
import json
import os
import pathlib
import re
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

RETORT = os.environ["RETORT"]
OWN_NETWORK = ["unshare", "--map-root-user", "--net", "--mount"]
SERVICE, NODE = "_http._tcp.teachers.test", "node.teachers.test"
TYPE_A, TYPE_SRV = 1, 33
TTL_S = 2
CONFIG = f"""
run_dir: run
dataset: {{path: rows.jsonl, id: id}}
prompt: {{user: "{{{{question}}}}"}}
models:
  - {{provider: openai, model: m, endpoints: {{srv: {SERVICE}}}, concurrency: 4, api_key_env: KEY}}
"""


class names(threading.Thread):
    """A name server on port 53: the service is at `ports` of this machine, which may change."""

    def __init__(self, ports):
        super().__init__(daemon=True)
        self.ports = ports
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 53))

    def records(self, name, kind):
        if kind == TYPE_SRV and name == SERVICE:
            return [struct.pack(">HHH", 10, 0, port) + encoded(NODE) for port in self.ports]
        return [socket.inet_aton("127.0.0.1")] if kind == TYPE_A and name == NODE else []

    def run(self):
        while True:
            query, sender = self.socket.recvfrom(4096)
            labels, at = [], 12
            while query[at]:
                labels.append(query[at + 1:at + 1 + query[at]].decode().lower())
                at += query[at] + 1
            kind, = struct.unpack_from(">H", query, at + 1)
            found = self.records(".".join(labels), kind)
            reply = query[:2] + struct.pack(">HHHHH", 0x8580, 1, len(found), 0, 0) + query[12:at + 5]
            for data in found:
                reply += b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, TTL_S, len(data)) + data
            self.socket.sendto(reply, sender)


def encoded(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def enter(place):
    """The loopback of this network comes up, and names are asked for there."""
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh14x", b"lo", 0x41))  # SIOCSIFFLAGS: up, running
    (place / "resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:1\n")
    subprocess.run(["mount", "--bind", place / "resolv.conf", os.path.realpath("/etc/resolv.conf")], check=True)


def provider():
    process = subprocess.Popen([RETORT, "mock", "--plain", "--latency-ms", "100"], stdout=subprocess.PIPE, text=True)
    return process, int(re.search(r"http://[\d.]+:(\d+)", process.stdout.readline()).group(1))


def inside(place):
    """Prints who answered how often, and what the run said."""
    enter(place)
    providers = [provider() for _ in range(3)]
    first, second, third = (port for _, port in providers)
    server = names([first, second])
    server.start()
    run = subprocess.Popen([RETORT, "run", "run.yaml"], cwd=place,
                           stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                           env={**os.environ, "KEY": "sesame"})
    ledger = place / "run/ledger.jsonl"
    while run.poll() is None and not (ledger.exists() and ledger.read_text().count('"endpoint"') >= 8):
        time.sleep(0.05)
    server.ports = [second, third]
    _, said = run.communicate(timeout=120)
    for process, _ in providers:
        process.kill()
    called = {f"http://{NODE}:{port}/v1": name for port, name in ((first, "gone"), (second, "stays"), (third, "new"))}
    lines = [json.loads(line) for line in ledger.read_text().splitlines()[1:]] if ledger.exists() else []
    answers = collections.Counter(called[line["endpoint"]] for line in lines)
    print(json.dumps({"status": run.returncode, "answers": answers, "said": said}))


def has_own_network():
    """Where names may be asked for elsewhere, too."""
    names_of = os.path.realpath("/etc/resolv.conf")
    try:
        return subprocess.run([*OWN_NETWORK, "mount", "--bind", names_of, names_of], stderr=subprocess.DEVNULL,
                              check=False).returncode == 0
    except FileNotFoundError:
        return False


@unittest.skipUnless(has_own_network(), "no network of one's own here")
class service_records(unittest.TestCase):
    def test_endpoints_come_and_go_with_the_records_of_a_name(self):
        with tempfile.TemporaryDirectory() as held:
            place = pathlib.Path(held)
            rows = [{"id": str(n), "question": f"What is {n} + 3?"} for n in range(400)]
            (place / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
            (place / "run.yaml").write_text(CONFIG)
            left = subprocess.run([*OWN_NETWORK, sys.executable, "-B", __file__, "inside", held],
                                  capture_output=True, text=True, timeout=180, check=False)
            self.assertEqual(left.returncode, 0, left.stderr)
            told = json.loads(left.stdout)
            self.assertEqual(told["status"], 0, told["said"])
            self.assertEqual(sum(told["answers"].values()), len(rows))
            self.assertEqual(set(told["answers"]), {"gone", "stays", "new"}, told["said"])
            self.assertIn(f"{SERVICE}: endpoints from now on: 2, new: 1, gone: 1", told["said"])


if __name__ == "__main__":
    if sys.argv[1:2] == ["inside"]:
        inside(pathlib.Path(sys.argv[2]))
    else:
        unittest.main()
