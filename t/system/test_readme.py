# SPDX-License-Identifier: BSD-2-Clause
"""README.md: its quick start does what it says."""

import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from daemons import BUILD, FIXTURES, LIMIT

README = Path(os.environ["TOP_SRCDIR"]) / "README.md"

# Put behind a command that was sent to the background: waits for what it makes.
UNTIL = """
for _ in $(seq 1200); do
    if {event}; then break; fi
    sleep 0.05
done
"""


def quick_start():
    """The commands of the block, one string each, and the answer that it promises."""
    section = README.read_text().split("## Quick start")[1].split("\n## ")[0]
    block = "\n".join(line[4:] for line in section.splitlines() if line.startswith("    "))
    for command in block.replace("\\\n", " ").splitlines():
        command, _, answer = command.partition("  # ")
        yield command.strip(), answer.strip()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@pytest.mark.skipif(shutil.which("swaks") is None, reason="no swaks")
@pytest.mark.limit(300)
def test_the_quick_start_does_what_it_says(place):
    port, script, promised = free_port(), [f"cd {BUILD}"], []
    for command, answer in quick_start():
        if command == "sh tools/needs demo && make":
            continue
        command = command.replace("fixtures/", f"{FIXTURES}/").replace(":2525", f":{port}")
        script.append(command.replace("$(mktemp -d)", place))
        if "virus-milter" in command:
            script.append(UNTIL.format(event=f"[ -S {place}/virus.sock ]"))
        elif "milter-sim" in command:
            script.append(UNTIL.format(event=f"(: </dev/tcp/127.0.0.1/{port}) 2>/dev/null"))
        elif answer:
            promised.append(answer)
    script.append("kill %2; wait %2; kill %1; wait %1")
    end = subprocess.run(["bash", "-c", "\n".join(script)], capture_output=True, text=True,
                         timeout=4 * LIMIT, check=False)
    # What swaks shows of the reply to the final dot; --trace talks in between.
    final = re.findall(r"^ -> \.\n(?:[^<\n].*\n)*<(?:-|\*\*) +(.*)", end.stdout, re.MULTILINE)
    assert len(promised) == 2
    assert [got.startswith(said) for got, said in zip(final, promised)] == [True, True], end
    mail = list(Path(place).glob("mail/Jones/new/*"))
    assert len(mail) == 1, "the clean message alone is delivered"
