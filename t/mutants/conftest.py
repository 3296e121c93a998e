# SPDX-License-Identifier: BSD-2-Clause
"""The fixtures of t/system."""

import importlib.util
from pathlib import Path

# By its path: two files named conftest cannot be told apart by name.
spec = importlib.util.spec_from_file_location(
    "system_conftest", Path(__file__).resolve().parent.parent / "system" / "conftest.py")
system = importlib.util.module_from_spec(spec)
spec.loader.exec_module(system)
place, start, run = system.place, system.start, system.run
