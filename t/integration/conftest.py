# SPDX-License-Identifier: BSD-2-Clause
"""Fixtures, named by what they provide: a container engine, an MTA, a milter.

REFMILTER_MTA=postfix runs one MTA alone; REFMILTER_REQUIRE=container makes a
missing engine a failure instead of a skip.
"""

import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "system"))

import runtime  # noqa: E402
from clients import Raw, Swaks  # noqa: E402
from daemons import FIXTURES, Milter  # noqa: E402
from mtas import MTAS  # noqa: E402

README = Path(os.environ["TOP_SRCDIR"]) / "README.md"
SIGNATURES = f"{FIXTURES}/signatures/signatures"
WANTED = os.environ.get("REFMILTER_MTA", "")


def pytest_generate_tests(metafunc):
    if "mta" in metafunc.fixturenames:
        names = [n for n in MTAS if WANTED in ("", n)]
        metafunc.parametrize("mta", names, indirect=True, scope="session")


def pytest_sessionstart(session):
    """Images are made here, where no test's time limit runs."""
    session.config.engine = session.config.no_engine = None
    if WANTED in ("sim", "systemd"):
        return
    try:
        session.config.engine = runtime.prepare()
    except runtime.NoRuntime as why:
        session.config.no_engine = why


@pytest.fixture(scope="session")
def engine(request):
    why = f"no container runtime: {request.config.no_engine}"
    if request.config.engine is None and "container" in os.environ.get("REFMILTER_REQUIRE", ""):
        pytest.fail(why)
    if request.config.engine is None:
        pytest.skip(why)
    return request.config.engine


def readme_lines(section):
    """The configuration lines of that part of the README, as they stand there."""
    text = README.read_text(encoding="utf-8")
    part = re.search(rf"^## {section}$(.*?)^## ", text, re.M | re.S)[1]
    block = re.search(r"^((?:    .*\n)+)", part, re.M)[1]
    return [line[4:] for line in block.splitlines()]


@pytest.fixture(scope="session")
def mta(request):
    """A running MTA; one for all tests that ask for it in a row."""
    kind = MTAS[request.param]
    engine = request.getfixturevalue("engine") if request.param != "sim" else None
    place = tempfile.mkdtemp(prefix="rm.")
    os.chmod(place, 0o755)
    lines = readme_lines("Postfix" if request.param == "postfix" else "sendmail")
    rig = kind(place, engine, lines)
    yield rig
    rig.stop()
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def clean(mta):
    """The MTA with empty mailboxes and homes without .forward."""
    mta.empty_mailboxes()
    for f in (mta.place / "home").glob("*/.forward"):
        f.unlink()
    return mta


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """On a failure: what the MTA, the milters and the clients saw, side by side."""
    outcome = yield
    report = outcome.get_result()
    if report.when == "call" and report.failed:
        rig = item.funcargs.get("mta")
        if rig is not None:
            report.sections.append((f"log of {rig.name}", rig.log()[-3000:]))
        for d in item.funcargs.get("milter", lambda: None).__dict__.get("running", []):
            report.sections.append((f"log of {d.argv[0]}", d.log()[-2000:]))
        for s in item.funcargs.get("swaks", lambda: None).__dict__.get("runs", []):
            report.sections.append(("swaks", s.text[-2000:]))


@pytest.fixture
def milter(mta):
    """milter("virus", options) where this MTA looks for it."""
    def one(name, options=(), env=None):
        given = {"virus": [f"signatures={SIGNATURES}", "summary-interval=0"]}.get(name, [])
        d = Milter(f"{name}-milter", mta.place, [*given, "socket-mode=0666", *options],
                   socket=mta.milter_address(name),
                   env=dict(os.environ, **(env or {})))
        one.running.append(d)
        return d
    one.running = []
    yield one
    for d in one.running:
        d.kill()
        sock = d.socket.removeprefix("unix:")
        if os.path.exists(sock):
            os.unlink(sock)


@pytest.fixture
def swaks(mta):
    """swaks("virus", "--to", ...) through that listener."""
    def one(listener, *args, **kwargs):
        s = Swaks(mta.endpoint(listener), *args, **kwargs)
        one.runs.append(s)
        return s
    one.runs = []
    return one


@pytest.fixture
def raw(mta):
    """raw("virus"): one connection to that listener."""
    opened = []

    def one(listener):
        opened.append(Raw(mta.connect(listener)))
        return opened[-1]
    yield one
    for r in opened:
        r.sock.close()
