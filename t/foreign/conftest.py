# SPDX-License-Identifier: BSD-2-Clause
"""A milter of another's, on a socket in a folder of its own."""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
NAMES = sorted(p.parent.name for p in HERE.glob("*/start"))
LIMIT = 60 * float(os.environ.get("REFMILTER_SLOW", "1"))


class Foreign:
    def __init__(self, name, place):
        self.socket = f"unix:{place}/s"
        self.log = open(f"{place}/log", "w+b")
        self.process = subprocess.Popen([HERE / "start", name, self.socket], stdout=self.log,
                                        stderr=self.log, stdin=subprocess.DEVNULL)
        until = time.monotonic() + LIMIT
        while not os.path.exists(f"{place}/s"):
            if self.process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"{name} does not start: {self.said()}")
            time.sleep(0.05)

    def said(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(LIMIT)


@pytest.fixture(params=NAMES)
def foreign(request):
    root = subprocess.run([HERE / "root"], capture_output=True, text=True, check=False)
    if root.returncode == 77:
        pytest.skip(root.stderr.strip())
    assert root.returncode == 0, root.stderr
    place = tempfile.mkdtemp(prefix="fo.")
    os.chmod(place, 0o755)
    f = None
    try:
        f = Foreign(request.param, place)
        yield f
    finally:
        if f is not None and f.process.poll() is None:
            f.process.kill()
            f.process.wait()
        shutil.rmtree(place, ignore_errors=True)
