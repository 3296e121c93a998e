# SPDX-License-Identifier: BSD-2-Clause
"""Programs under test, started and ended; their lines can be waited for."""

import os
import re
import signal
import subprocess
import threading
import time

BUILD = os.environ["TOP_BUILDDIR"]
FIXTURES = os.environ["FIXTURES"]
SLOW = float(os.environ.get("REFMILTER_SLOW", "1"))  # sanitizers and valgrind are slow
LIMIT = 60 * SLOW  # seconds in which all that is waited for has come, also on a busy machine


class Daemon:
    """A program in the foreground whose stderr is read as it comes."""

    def __init__(self, argv, **popen):
        self.argv = argv
        self.lines = []
        self._news = threading.Condition()
        self.process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, **popen)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stderr:
            with self._news:
                self.lines.append(line.decode(errors="replace").rstrip("\n"))
                self._news.notify_all()
        with self._news:
            self.lines.append(None)  # the end
            self._news.notify_all()

    def wait_line(self, pattern, limit=None, after=0):
        """The first line from number `after` on that matches, as a match."""
        until = time.monotonic() + (limit or LIMIT)
        seen = after
        with self._news:
            while True:
                for line in self.lines[seen:]:
                    seen += 1
                    if line is None:
                        raise AssertionError(f"{self.argv[0]} ended: {self.lines}")
                    m = re.search(pattern, line)
                    if m:
                        return m
                left = until - time.monotonic()
                if left <= 0 or not self._news.wait(left):
                    raise AssertionError(f"no line like {pattern!r} in {self.lines}")

    def mark(self):
        """For wait_line(after=...): only lines from now on."""
        with self._news:
            return len(self.lines)

    def log(self):
        with self._news:
            return "\n".join(line for line in self.lines if line is not None)

    def signal(self, number):
        self.process.send_signal(number)

    def freeze(self):
        """SIGSTOP; on return every thread stands still."""
        self.signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED)

    def wait(self, limit=None):
        code = self.process.wait(limit or LIMIT)
        self._reader.join(LIMIT)
        return code

    def stop(self):
        """SIGTERM; the exit code."""
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
        return self.wait()

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        return self.wait()


class Milter(Daemon):
    """One of our milters on a unix socket in `directory`, ready to serve."""

    def __init__(self, program, directory, options=(), args=(), socket=None, **popen):
        self.directory = directory
        self.socket = socket or f"unix:{directory}/{program}.sock"
        argv = [f"{BUILD}/{program}", "-f", "-p", self.socket, "-o", "allow-root=yes"]
        for o in options:
            argv += ["-o", o]
        super().__init__(argv + list(args), **popen)
        self.wait_line(r": ready")
