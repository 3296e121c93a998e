# SPDX-License-Identifier: BSD-2-Clause
"""Fixtures, named by what they provide."""

import shutil
import subprocess
import tempfile

import pytest

from daemons import BUILD, LIMIT, Daemon, Milter


@pytest.fixture
def place():
    """A short-named directory: a unix socket's path has only 107 bytes."""
    path = tempfile.mkdtemp(prefix="rm.")
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def start(place):
    """start(Class, ...) starts a daemon; what still runs at the end is killed."""
    running = []

    def one(kind, *args, **kwargs):
        d = kind(*args, **kwargs)
        running.append(d)
        return d

    yield one
    for d in running:
        d.kill()


@pytest.fixture
def milter(start, place):
    """milter("virus-milter", options=[...]) on a socket of its own."""
    def one(program, options=(), **kwargs):
        return start(Milter, program, place, options, **kwargs)
    return one


@pytest.fixture
def run():
    """run(program, args...) to its end: code, stdout, stderr."""
    def one(program, *args, **kwargs):
        return subprocess.run([f"{BUILD}/{program}", *args], capture_output=True,
                              text=True, timeout=LIMIT, check=False, **kwargs)
    return one
