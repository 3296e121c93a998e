# SPDX-License-Identifier: BSD-2-Clause
"""One player: takes sessions, plays them on both sides, says whether they differ."""

import hashlib
import json
from pathlib import Path

import compare
import generate
import play
import runtime

HERE = Path(__file__).resolve().parent


def version(mta):
    """What the record of a session depends on besides the session."""
    h = hashlib.sha256()
    for f in [HERE / "play.py", HERE / "mta.py", *sorted((HERE / "image").iterdir()),
              *(runtime.HERE / n for n in ("sendmail.mc", "main.cf", "prepare", "mkroot"))]:
        h.update(f.read_bytes())
    return f"{mta}-{h.hexdigest()[:12]}"


class Cache:
    """Records of the real MTA, by session."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def path(self, session):
        key = generate.key(session)
        return self.folder / key[:2] / f"{key}.json"

    def get(self, session):
        try:
            return json.loads(self.path(session).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def put(self, session, record):
        path = self.path(session)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(json.dumps(record), encoding="utf-8")
        part.rename(path)


class Player:
    def __init__(self, number, real, simulator, cache):
        self.number, self.real, self.simulator, self.cache = number, real, simulator, cache
        self.at = {}

    def once(self, fleet, session):
        if fleet.name not in self.at:
            self.at[fleet.name] = play.Sockets(fleet.sockets(self.number))
        kind = session["kind"]
        record = play.play(session, lambda: fleet.connect(self.number, kind),
                           self.at[fleet.name])
        record["mail"] = fleet.delivered(self.number, record)
        return record

    def really(self, session):
        record = self.cache.get(session)
        if record is None:
            record = self.once(self.real, session)
            self.cache.put(session, record)
        return record

    def unstable(self, session, record):
        """A second run of the real one that differs from the first: its class."""
        return compare.class_of(record, self.once(self.real, session))

    def both(self, session):
        """(real, simulated, class or None, is the real one itself not stable)"""
        real = self.really(session)
        simulated = self.once(self.simulator, session)
        name = compare.class_of(real, simulated)
        if name is None:
            return real, simulated, None, False
        again = self.once(self.simulator, session)
        if compare.class_of(real, again) is None:
            return real, again, None, False
        fresh = self.once(self.real, session)
        if compare.class_of(real, fresh) is not None:
            if compare.class_of(fresh, simulated) is None:
                return fresh, simulated, None, False
            third = self.once(self.real, session)
            if compare.class_of(fresh, third) is not None:
                return real, simulated, compare.class_of(real, fresh), True
            real = third
            self.cache.put(session, real)
            name = compare.class_of(real, simulated)
        return real, simulated, name, False
