"""What bench/guard measures with: an nginx that answers every request with one chat completion over
TLS, and the two clients that are run against it, wrk and retort, each as a process of its own.
"""

import contextlib
import dataclasses
import json
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]

# About 500 bytes, of which 250 are text; right for every record of dataset().
COMPLETION = json.dumps({
    "id": "chatcmpl-123", "object": "chat.completion", "created": 1700000000,
    "model": "gpt-5.6-luna",
    "choices": [{
        "index": 0,
        "message": {
            "role": "assistant",
            "content": "To find the total, take it one step at a time. Two groups are put together "
                       "and nothing is taken away again, so the amounts are added, and the smaller "
                       "one counts on from the larger one until it is used up. Therefore: A: 8"},
        "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 20, "completion_tokens": 60, "total_tokens": 80},
})

# One answer of 200 tokens, whole and as 50 events of four: files, since nginx.conf takes no text of
# this length, and whole as well so that both come the same way.
WORDS = ("To find the total take it one step at a time and add the numbers together until all of "
         "them are used up once").split()
PIECES = [" ".join(WORDS[(4 * n + k) % len(WORDS)] for k in range(4)) + " "
          for n in range(49)] + ["so A: 8"]
LONG_USAGE = {"prompt_tokens": 20, "completion_tokens": 200, "total_tokens": 220}


def whole_answer():
    completion = json.loads(COMPLETION)
    completion["choices"][0]["message"]["content"] = "".join(PIECES)
    return json.dumps({**completion, "usage": LONG_USAGE})


def streamed_answer():
    """As OpenAI has it, without the padding (include_obfuscation) that retort declines."""
    def event(choices, usage=None):
        body = {"id": "chatcmpl-123", "object": "chat.completion.chunk", "created": 1700000000,
                "model": "gpt-5.6-luna-2026-07-09", "service_tier": "default",
                "system_fingerprint": "fp_44709d6fcb", "choices": choices, "usage": usage}
        return f"data: {json.dumps(body, separators=(',', ':'))}\n\n"

    def choice(delta, finish_reason=None):
        return [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}]

    return "".join([event(choice({"role": "assistant", "content": "", "refusal": None})),
                    *(event(choice({"content": piece})) for piece in PIECES),
                    event(choice({}, "stop")), event([], LONG_USAGE), "data: [DONE]\n\n"])


NGINX = """\
worker_processes 1;
worker_rlimit_nofile 40000;
pid nginx.pid;
error_log error.log;
events {{ worker_connections 16000; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  server {{
    listen 127.0.0.1:{port} ssl backlog=16000;
    ssl_certificate cert.pem;
    ssl_certificate_key key.pem;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache shared:sessions:10m;
    root .;
    error_page 405 =200 $uri;  # a POST gets a file too
    location /whole {{ default_type application/json; try_files /whole =404; }}
    location /stream {{ default_type text/event-stream; try_files /stream =404; }}
    location / {{ default_type application/json; return 200 '{completion}'; }}
  }}
}}
"""

CONFIG = """\
run: guard
dataset: {{path: {dataset}, id: id}}
prompt: {{user: "{{{{question}}}}"}}
reference: {{template: "{{{{answer}}}}"}}
models:
  - {{provider: openai, model: gpt-5.6-luna, base_url: "https://127.0.0.1:{port}/{path}",
     ca_file: cert.pem, concurrency: {in_flight}, timeout_s: 60, stream: {stream}{rate}}}
sampling: {{temperature: 0.7, max_tokens: 512}}
evaluate:
  - numeric: {{pattern: "A: (.*)"}}
filter: {{only_correct: true}}
durability: {durability}
"""

# A command that scores: a millisecond of CPU a sample, and all that it has used to its file.
SCORER = """\
import os, sys, time
used = os.open(f"scorer-{os.getpid()}.cpu", os.O_CREAT | os.O_WRONLY)
for line in sys.stdin:
    until = time.thread_time() + 0.001
    while time.thread_time() < until:
        pass
    print('{"score": 1}', flush=True)
    os.pwrite(used, f"{time.process_time():.6f}".encode(), 0)
"""
SCORED = """evaluate=[{numeric: {pattern: "A: (.*)"}}, {command: {run: [python3, %s]}}]"""

WRK = """\
wrk.method = "POST"
wrk.body = {body}
{headers}
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('{{"requests": %d, "duration_us": %d, "errors": %d}}\\n', summary.requests,
           summary.duration, e.connect + e.read + e.write + e.status + e.timeout))
end
"""


class Failure(Exception):
    """Something that leaves nothing to compare; one line."""


@dataclasses.dataclass
class Measured:
    requests: int
    cpu_s: float    # user + system, the whole process
    wall_s: float
    peak_mb: float  # resident; never less than this script's own, from which Linux counts on
    summary: dict   # what the process said of itself

    @property
    def cpu_us(self):
        return self.cpu_s / self.requests * 1e6

    @property
    def throughput(self):
        return self.requests / self.wall_s


class Rig:
    """Owns a directory for everything it makes; gone with it at the end of the `with`."""

    def __init__(self, retort):
        self.retort_path = pathlib.Path(retort).resolve()
        self.rows = 0  # in the dataset

    def __enter__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="retort-guard-"))
        self.directory.chmod(0o755)  # nginx's workers, who are nobody, read files there
        self.port = free_port()
        make_certificate(self.directory)
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.directory, ignore_errors=True)

    @contextlib.contextmanager
    def nginx(self):
        self.write("whole", whole_answer())
        self.write("stream", streamed_answer())
        self.write("nginx.conf", NGINX.format(port=self.port, completion=COMPLETION))
        command = ["nginx", "-p", self.directory, "-e", "error.log", "-c", "nginx.conf",
                   "-g", "daemon off;"]
        server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        try:
            self.wait_for(server)
            yield
        finally:
            server.terminate()
            server.wait()

    def wait_for(self, server):
        while server.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.01)
        raise Failure(f"nginx does not start: {self.read('error.log').strip()}")

    def dataset(self, records):
        """Appends rows until the dataset has so many; their requests are all of one size."""
        path = self.directory / "rows.jsonl"
        with path.open("a") as file:
            for n in range(self.rows, records):
                file.write(row(n))
        self.rows = max(self.rows, records)
        return path

    def command(self, name, records, in_flight=256, durability="fsync", path="v1", scored=False,
                rps=None):
        """The command line of a run that is kept in the directory `name`."""
        config = CONFIG.format(dataset=self.dataset(records), port=self.port, in_flight=in_flight,
                               durability=durability, path=path,
                               stream=json.dumps(path == "stream"),
                               rate=f", limits: {{rps: {rps:.1f}}}" if rps else "")
        self.write(f"{name}.yaml", config)
        return [self.retort_path, "run", f"{name}.yaml", "--json", "--set", f"run_dir={name}",
                "--limit", str(records), *(self.scorer() if scored else [])]

    def scorer(self):
        self.write("scorer.py", SCORER)
        return ["--set", SCORED % json.dumps(str(self.directory / "scorer.py"))]

    def scorers_cpu_s(self):
        """Of the scorers since the last call."""
        files = list(self.directory.glob("**/scorer-*.cpu"))
        seconds = sum(float(file.read_text()) for file in files if file.stat().st_size)
        for file in files:
            file.unlink()
        return seconds

    def retort(self, records, keep=None, **how):
        """Runs the whole line from dataset to view; every record must end up accepted."""
        name = keep or "run"
        measured = self.measure(self.command(name, records, **how))
        measured.requests = measured.summary["requests"]
        if measured.summary["accepted"] != records:
            raise Failure(f"retort accepted {measured.summary['accepted']} of {records} records")
        if not keep:
            shutil.rmtree(self.directory / name)
        return measured

    def wrk(self, request, seconds):
        """Sends the same request for so long, 256 in flight."""
        self.write("request.lua", lua_script(request))
        measured = self.measure(["wrk", "-t1", "-c256", f"-d{seconds}s", "-s", "request.lua",
                                 f"https://127.0.0.1:{self.port}/v1/chat/completions"])
        said = measured.summary
        if said["errors"]:
            raise Failure(f"wrk counts {said['errors']} errors")
        if said["requests"] == 0:
            raise Failure(f"wrk got no answer in {seconds} s: the machine is too busy to measure")
        measured.requests, measured.wall_s = said["requests"], said["duration_us"] / 1e6
        return measured

    def measure(self, command):
        """Runs a command to its end. The last line that it prints is its summary, as JSON."""
        started = time.monotonic()
        process = self.start(command)
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise self.failed(process)
        return Measured(0, usage.ru_utime + usage.ru_stime, wall_s, usage.ru_maxrss / 1024,
                        json.loads(self.last_words()))

    def first_request(self, command):
        """In the place of nginx, takes one request of a command and ends it. Returns the request
        and the seconds from the command's start to the request's last byte."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.directory / "cert.pem", self.directory / "key.pem")
        with socket.create_server(("127.0.0.1", self.port), backlog=1024) as listener:
            started = time.monotonic()
            process = self.start(command)
            try:
                with context.wrap_socket(self.accept(listener, process), server_side=True) as peer:
                    return read_request(peer), time.monotonic() - started
            finally:
                process.kill()
                process.wait()

    def accept(self, listener, process):
        """The next connection, unless the process that should make it ends before."""
        listener.settimeout(1)
        while process.poll() is None:
            with contextlib.suppress(TimeoutError):
                peer, _ = listener.accept()
                peer.settimeout(60)
                return peer
        raise self.failed(process)

    def start(self, command):
        with (self.directory / "output").open("w") as output:
            return subprocess.Popen(command, cwd=self.directory, stdout=output, stderr=output)

    def last_words(self):
        return (self.read("output").splitlines() or ["(nothing)"])[-1]

    def failed(self, process):
        return Failure(f"{pathlib.Path(process.args[0]).name} ended with status "
                       f"{process.returncode}: {self.last_words()}")

    def write(self, name, text):
        (self.directory / name).write_text(text)

    def read(self, name):
        return (self.directory / name).read_text()


def row(n):
    question = f"What is {n % 7 + 1} + {7 - n % 7}? Think step by step, then say A: and the number."
    return f'{{"id": "q{n:07}", "question": "{question}", "answer": "8"}}\n'


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_certificate(directory):
    subprocess.run(["openssl", "req", "-x509", "-nodes", "-days", "2",
                    "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-subj", "/CN=retort guard", "-addext", "subjectAltName=IP:127.0.0.1",
                    "-keyout", "key.pem", "-out", "cert.pem"],
                   cwd=directory, check=True, stderr=subprocess.DEVNULL)


def read_request(peer):
    """One whole HTTP request, as text."""
    data = b""
    while b"\r\n\r\n" not in data or len(data) < request_size(data):
        more = peer.recv(65536)
        if not more:
            raise Failure("the connection ended within the first request")
        data += more
    return data.decode()


def request_size(data):
    head, _, _ = data.partition(b"\r\n\r\n")
    fields = dict(line.split(b": ", 1) for line in head.lower().split(b"\r\n")[1:])
    return len(head) + 4 + int(fields[b"content-length"])


def lua_script(request):
    """Makes wrk send what `request` is: wrk adds Host and Content-Length by itself."""
    head, body = request.split("\r\n\r\n", 1)
    fields = [line.split(": ", 1) for line in head.split("\r\n")[1:]]
    headers = "\n".join(f"wrk.headers[{json.dumps(name)}] = {json.dumps(value)}"
                        for name, value in fields if name not in ("Host", "Content-Length"))
    return WRK.format(body=json.dumps(body), headers=headers)
