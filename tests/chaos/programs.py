"""retort as a process, running or rehearsing."""

import json
import pathlib
import re
import signal
import ssl
import subprocess
import time
import urllib.request

HANG_S = 150  # no process of these rounds has work for so long


class Run:
    """`retort run`, until it ends or is ended."""

    def __init__(self, program, config, log):
        self._log = open(log, "ab")
        self._log.write(b"--- retort run\n")
        self._log.flush()
        self._process = subprocess.Popen([program, "run", config, "--plain"], cwd=config.parent,
                                         stdin=subprocess.DEVNULL, stdout=self._log,
                                         stderr=self._log)
        self.status, self.peak_mb = None, 0

    def signal(self, number):
        if self._ended():
            return
        self._process.send_signal(number)

    def wait(self, seconds):
        """Whether it has ended within that time."""
        until = time.monotonic() + seconds
        while not self._ended():
            if time.monotonic() > until:
                return False
            self._look_at_memory()
            time.sleep(0.02)
        return True

    def end(self):
        """Status, or None where it hung and was killed; -9 and the like for a signal."""
        if not self.wait(HANG_S):
            self._process.kill()
            self.wait(30)
            self._log.close()
            return None
        self._log.close()
        return self.status

    def _ended(self):
        self.status = self._process.poll()
        return self.status is not None

    def _look_at_memory(self):
        """The peak so far. What the system says at the end has the suite's own memory in it, of the
        moment before exec."""
        try:
            seen = pathlib.Path(f"/proc/{self._process.pid}/status").read_text()
        except OSError:
            return
        peak = re.search(r"VmHWM:\s+(\d+) kB", seen)
        self.peak_mb = max(self.peak_mb, int(peak[1]) // 1024 if peak else 0)


class Mock:
    """`retort mock` while the context lasts. Options as keywords: rate_limit=1 is --rate-limit 1,
    plain=True is --plain."""

    def __init__(self, program, directory, **options):
        self.ca_file = directory / "mock-ca.pem"
        flags = []
        for name, value in options.items():
            flag = "--" + name.replace("_", "-")
            if value is not False:
                flags += [flag] if value is True else [flag, f"{value}"]
        if not options.get("plain"):
            flags += ["--write-ca", self.ca_file]
        self._command = [program, "mock", *flags]

    def __enter__(self):
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"retort mock did not start: status {self._process.wait()}")
        self.origin = re.sub(r"/v1$", "", line.split()[-1])
        return self

    def __exit__(self, *_):
        self._process.send_signal(signal.SIGTERM)
        self._process.communicate(timeout=30)

    def counters(self):
        trust = None
        if self.origin.startswith("https"):
            trust = ssl.create_default_context(cafile=self.ca_file)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}),
                                             urllib.request.HTTPSHandler(context=trust))
        with opener.open(self.origin + "/counters", timeout=30) as response:
            return json.load(response)


def certificate(directory):
    """For 127.0.0.1, its own authority: the file for clients to trust, and a server's context."""
    cert, key = directory / "peer-ca.pem", directory / "peer-key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
         "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert],
        check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return pathlib.Path(cert), context
