# SPDX-License-Identifier: BSD-2-Clause
"""The postmaster's whole loop: a new worm is caught, learned, refused."""

import signal
import subprocess
from pathlib import Path

from archive_view import Archive
from daemons import BUILD
from serve import Serve
from worms import code, letter, lines, worm


def send(server, message):
    """The server's reply to the final dot."""
    client = server.client()
    client.hello()
    stuffed = message.replace(b"\r\n.", b"\r\n..").decode("latin-1")
    reply = client.message(stuffed)[-1]
    client.close()
    return reply


def test_a_new_worm_is_captured_learned_and_refused(start, milter, place):
    place = Path(place)
    store, mail, switch, sigs = place / "store", place / "mail", place / "on", place / "signatures"
    store.mkdir()
    sigs.write_text(f"OLD_WORM =\n{lines(code('old'))[7]}\n")
    logger = milter("logger-milter", [f"directory={store}", f"switch={switch}", "min-free=0"])
    virus = milter("virus-milter", [f"signatures={sigs}"])
    server = start(Serve, "--user", "Jones", "--deliver", f"maildir:{mail}",
                   "--milter", f"S={logger.socket}",
                   "--milter", f"S={virus.socket}, F=T")

    for n in range(6):  # what the switch leaves out: clean mail, and an old worm
        assert send(server, letter(n)).startswith("250")
    assert send(server, worm("old", 0)) == "550 5.7.0 VIRUS FOUND"
    clean = sorted(mail.rglob("new/*"))
    assert len(clean) == 6
    assert Archive(store).messages() == []

    switch.touch()
    for n in range(8):  # nobody knows it yet: it is delivered, and captured
        assert send(server, worm("fresh", n)).startswith("250")
    switch.unlink()
    caught = Archive(store).messages()
    assert len(caught) == 8 and Archive(store).faults() == []
    # what was captured is what was sent, but for what milter-sim shows before it
    assert all(any(content.endswith(worm("fresh", n)[-8000:]) for content, _ in caught) for n in range(8))

    learned = subprocess.run([f"{BUILD}/milter-sigs", "learn", "--infected", store, "--clean", *clean,
                              "--name", "WORM_FRESH.A"], capture_output=True, text=True, check=True)
    assert learned.stdout.count("in 8 of 8 infected messages, in 0 of 6 clean ones") == 3
    with open(sigs, "a", encoding="ascii") as f:
        f.write("\n" + learned.stdout)
    subprocess.run([f"{BUILD}/milter-sigs", "check", sigs], check=True)
    virus.signal(signal.SIGHUP)
    virus.wait_line("reloaded: 4 signatures")

    assert send(server, worm("fresh", 100)) == "550 5.7.0 VIRUS FOUND"
    virus.wait_line("virus: 'WORM_FRESH.A' from: ")
    assert send(server, worm("old", 1)) == "550 5.7.0 VIRUS FOUND"
    for n in range(20, 30):
        assert send(server, letter(n)).startswith("250")
    assert len(Archive(store).messages()) == 8
