# SPDX-License-Identifier: BSD-2-Clause
"""logger-milter with a folder of its own and a switch: fixtures."""

from pathlib import Path

import pytest

from archive_view import Archive


@pytest.fixture
def store(place):
    path = Path(place) / "store"
    path.mkdir()
    return Archive(path)


@pytest.fixture
def switch(place):
    return Path(place) / "on"


@pytest.fixture
def logger(milter, store, switch):
    """logger(options...) keeps mail in `store` while `switch` exists; it does."""
    def one(*options, on=True, **kwargs):
        if on:
            switch.touch()
        return milter("logger-milter", [f"directory={store.directory}", f"switch={switch}",
                                        "min-free=0", *options], **kwargs)
    return one
