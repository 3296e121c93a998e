# SPDX-License-Identifier: BSD-2-Clause
"""SMTP clients: swaks for mail as people send it, and a raw one for the rest."""

import subprocess


class Swaks:
    """What swaks was told; .reply is the answer to the last command that mattered."""

    def __init__(self, endpoint, *args, limit=60):
        where = ["--socket", endpoint] if isinstance(endpoint, str) else [
            "--server", endpoint[0], "--port", str(endpoint[1])]
        done = subprocess.run(
            ["swaks", *where, "--ehlo", "client.test", "--timeout", str(limit), *args],
            capture_output=True, text=True, errors="replace", timeout=limit + 10, check=False)
        self.code = done.returncode
        self.text = done.stdout + done.stderr
        self.dialogue = []  # (what we said, [answer lines])
        for line in done.stdout.splitlines():
            if line.startswith(" -> "):
                self.dialogue.append((line[4:], []))
            elif line.startswith(("<-  ", "<** ")) and self.dialogue:
                self.dialogue[-1][1].append(line[4:])

    def answers(self, command):
        """The last lines of the answers to each command that begins so."""
        return [a[-1] for said, a in self.dialogue if said.startswith(command) and a]

    @property
    def final(self):
        """The answer to the final dot, or to the command at which it ended."""
        dots = self.answers(".")
        if dots:
            return dots[-1]
        return next(a[-1] for said, a in reversed(self.dialogue)
                    if a and not said.startswith("QUIT"))


class Raw:
    """One connection, command by command."""

    def __init__(self, sock):
        self.sock = sock
        self.buffer = b""
        self.transcript = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def line(self):
        while b"\n" not in self.buffer:
            got = self.sock.recv(65536)
            if not got:
                return None
            self.buffer += got
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line.decode(errors="replace").rstrip("\r")

    def reply(self):
        """The last line of an answer; "*EOF*" when there is none."""
        while True:
            try:
                line = self.line()
            except (ConnectionError, BrokenPipeError):
                line = None
            self.transcript.append(f"S: {line}")
            if line is None:
                return "*EOF*"
            if len(line) < 4 or line[3] != "-":
                return line

    def send(self, data):
        try:
            self.sock.sendall(data)
        except (ConnectionError, BrokenPipeError):
            pass

    def say(self, command):
        self.transcript.append(f"C: {command}")
        self.send(command.encode() + b"\r\n")
        return self.reply()

    def greet(self):
        """Greeting and EHLO; the greeting."""
        first = self.reply()
        self.say("EHLO client.test")
        return first

    def message(self, content):
        """DATA and the final dot; content has CRLF and no dot lines to stuff."""
        answer = self.say("DATA")
        if not answer.startswith("354"):
            return answer
        self.send(content + (b"" if content.endswith(b"\r\n") else b"\r\n"))
        return self.say(".")
