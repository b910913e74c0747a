"""`retort mock` as a process, for the official clients to talk to."""

import os
import pathlib
import signal
import ssl
import subprocess
import tempfile

PROGRAM = os.environ["RETORT"]
KEY = "sesame"


class MockServer:
    """Runs while the context lasts. Options as keywords: rate_limit=1 is --rate-limit 1."""

    def __init__(self, **options):
        self._flags = [text for name, value in options.items()
                       for text in ("--" + name.replace("_", "-"), str(value))]

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory()
        self.ca_file = str(pathlib.Path(self._folder.name, "ca.pem"))
        command = [PROGRAM, "mock", "--write-ca", self.ca_file, "--api-key-env", "MOCK_KEY"]
        self._process = subprocess.Popen(command + self._flags, stdout=subprocess.PIPE, text=True,
                                         env={**os.environ, "MOCK_KEY": KEY})
        line = self._process.stdout.readline()
        self.base_url = line.split()[-1] if line else self._fail()
        self.origin = self.base_url.removesuffix("/v1")
        return self

    def __exit__(self, *_):
        self._process.send_signal(signal.SIGTERM)
        self._process.communicate(timeout=10)
        self._folder.cleanup()

    def trust(self):
        """What a client must know to verify the certificate."""
        return ssl.create_default_context(cafile=self.ca_file)

    def _fail(self):
        raise RuntimeError(f"retort mock did not start: status {self._process.wait()}")
