# SPDX-License-Identifier: BSD-2-Clause
"""What the package tests share; helpers are those of t/integration and t/system."""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
os.environ.setdefault("TOP_SRCDIR", str(HERE.parent.parent))
for folder in ("system", "integration"):
    sys.path.insert(0, str(HERE.parent / folder))
