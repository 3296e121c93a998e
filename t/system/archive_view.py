# SPDX-License-Identifier: BSD-2-Clause
"""What logger-milter has stored, as a test sees it."""

import base64
import hashlib
import json
import re
from pathlib import Path


def octets(value):
    """A sidecar's value as the bytes that came."""
    return value.encode() if isinstance(value, str) else base64.b64decode(value["base64"])


class Archive:
    def __init__(self, directory):
        self.directory = Path(directory)

    def folder(self, name):
        path = self.directory / name
        return sorted(path.iterdir()) if path.is_dir() else []

    def messages(self):
        """[(bytes, sidecar)] of all finished messages, in no order."""
        return [(p.read_bytes(), self.sidecar(p)) for p in self.folder("new")]

    def sidecar(self, message):
        with open(self.directory / "envelope" / f"{message.name}.json", "rb") as f:
            return json.load(f)

    def only(self):
        found = self.messages()
        assert len(found) == 1, found
        return found[0]

    def faults(self, seen=frozenset()):
        """Messages that are torn, or whose sidecar says something else."""
        bad = []
        for p in self.folder("new"):
            if p.name in seen:
                continue
            content = p.read_bytes()
            try:
                side = self.sidecar(p)
            except (FileNotFoundError, ValueError):
                bad.append(p.name)
                continue
            if side["sha256"] != hashlib.sha256(content).hexdigest() or side["size"] != len(content):
                bad.append(p.name)
        return bad

    def ids(self, seen=frozenset()):
        """Each stored message's X-Id, as often as it is stored."""
        found = []
        for p in self.folder("new"):
            if p.name in seen:
                continue
            content = p.read_bytes()
            number = re.match(rb"X-Id: (\S+)\r\n", content).group(1)
            assert content.endswith(b"\r\nend of " + number + b"\r\n")
            found.append(number.decode())
        return found
