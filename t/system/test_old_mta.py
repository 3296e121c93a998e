# SPDX-License-Identifier: BSD-2-Clause
"""A milter behind an MTA that offers less than ours: one bit of its offer is taken out
on the way, so that both sides go on from what they then agree on."""

import socket
import struct
import threading
from pathlib import Path

import pytest

from archive_view import Archive
from daemons import LIMIT
from listening import Listening
from serve import LIMITS, Serve

HDR_LEADSPC = 0x100000


class Without(Listening):
    """Hands on what comes to `path` to `behind`, without `bit` in the MTA's offer."""

    def __init__(self, path, behind, bit):
        self.behind, self.bit = behind, bit
        super().__init__(path)

    def talk(self, mta):
        with socket.socket(socket.AF_UNIX) as milter:
            milter.connect(self.behind)
            back = threading.Thread(target=self.hand_on, args=(milter, mta, 0), daemon=True)
            back.start()
            self.hand_on(mta, milter, self.bit)
            back.join()

    @staticmethod
    def hand_on(source, to, bit):
        """The first packet is the offer: length, O, version, actions, protocol."""
        head = source.recv(17, socket.MSG_WAITALL)
        if len(head) == 17 and bit:
            head = head[:13] + struct.pack(">I", struct.unpack(">I", head[13:])[0] & ~bit)
        while head:
            try:
                to.sendall(head)
                head = source.recv(65536)
            except OSError:
                break
        to.shutdown(socket.SHUT_WR)


@pytest.fixture
def store(place):
    (Path(place) / "store").mkdir()
    return Archive(f"{place}/store")


@pytest.mark.parametrize("bit, kept", [
    (0, b"A: b\r\nC:d\r\nE:  f\r\nG:\r\n"),
    (HDR_LEADSPC, b"A: b\r\nC: d\r\nE:  f\r\nG:\r\n"),
], ids=["with it", "without"])
def test_without_leadspc_one_blank_is_known(milter, start, store, place, bit, kept):
    Path(f"{place}/on").touch()
    d = milter("logger-milter", [f"directory={store.directory}", f"switch={place}/on", "min-free=0"])
    Without(f"{place}/w", d.socket[5:], bit)
    serve = start(Serve, "--milter", f"S=unix:{place}/w, F=T, {LIMITS}")
    c = serve.client(limit=LIMIT)
    c.hello()
    assert c.message("A: b\r\nC:d\r\nE:  f\r\nG:\r\n\r\nHello\r\n")[-1].startswith("250")
    copy, _ = store.only()
    assert copy == kept + b"\r\nHello\r\n"
