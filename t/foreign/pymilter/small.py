# SPDX-License-Identifier: BSD-2-Clause
"""The smallest milter on pymilter that does something: it adds a header."""

import sys

import Milter


class Small(Milter.Base):
    def connect(self, host, family, address):
        self.host = host
        return Milter.CONTINUE

    def hello(self, name):
        return Milter.CONTINUE

    def envfrom(self, path, *args):
        self.recipients = 0
        return Milter.CONTINUE

    def envrcpt(self, path, *args):
        self.recipients += 1
        return Milter.CONTINUE

    def header(self, name, value):
        return Milter.CONTINUE

    def eoh(self):
        return Milter.CONTINUE

    def body(self, chunk):
        return Milter.CONTINUE

    def eom(self):
        self.addheader("X-Small", f"{self.recipients} recipients from {self.host}")
        return Milter.CONTINUE


Milter.factory = Small
Milter.set_flags(Milter.ADDHDRS)
Milter.runmilter("small", sys.argv[1], 300)
