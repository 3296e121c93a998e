# SPDX-License-Identifier: BSD-2-Clause
"""Built twice, unlike in all that may not matter: Debian's packages are the same to the byte."""

import hashlib
import re
from pathlib import Path

import pytest

from packages import BUILT, built, need

pytestmark = pytest.mark.limit(2400)

# Another folder, day, zone, language, and what a umask would leave readable.
ELSEWHERE = {"PLACE": "/var/tmp/refmilter-in-another-folder", "TZ": "Pacific/Kiritimati",
             "LC_ALL": "C", "LANG": "tr_TR.UTF-8", "UNDER": "faketime -f +200d"}


def sums(folder):
    return {d.name: hashlib.sha256(d.read_bytes()).hexdigest() for d in folder.glob("*.deb")}


def test_two_builds_are_the_same_to_the_byte():
    need("faketime")
    again = built("again", before="umask 027", **ELSEWHERE)
    one, two = sums(built()), sums(again)
    assert len(one) == 10, "five packages and their debug symbols"
    assert one == two
    dates = [re.search(r"^# started: (.*)$", (f / "build.log").read_text(errors="replace"), re.M)[1]
             for f in (built(), again)]
    assert dates[0][:7] != dates[1][:7], "the second was built on another day"


def test_nothing_of_this_build_is_left_behind():
    assert not Path(ELSEWHERE["PLACE"]).exists()
    assert (BUILT / "first").is_dir()
