# SPDX-License-Identifier: BSD-2-Clause
"""pytest plugin: reports in TAP, so that `make check` counts every test.

Loaded by t/system/run (`-p tap`).  Takes the place of pytest's own report:
one line per test, the trouble of a failed one as `#` lines below it, the figures
that one which passed has printed, lines that begin with "# ", and the reason of a
skipped one.  A test that hangs is ended after LIMIT seconds, or
after what its `@pytest.mark.limit(seconds)` says; REFMILTER_SLOW=4 makes that
four times as long.
"""

import os
import signal

import pytest

LIMIT = 200
SLOW = float(os.environ.get("REFMILTER_SLOW", "1"))


class Tap:
    def __init__(self):
        self.count = 0
        self.deselected = 0
        self.worst = {}  # nodeid -> (word, directive, trouble)

    def pytest_collectreport(self, report):
        if report.failed:
            diagnostics(report.longreprtext)
            print(f"Bail out! {report.nodeid} cannot be loaded", flush=True)

    def pytest_deselected(self, items):
        self.deselected += len(items)

    def pytest_sessionfinish(self, session, exitstatus):
        if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and self.deselected:
            session.exitstatus = pytest.ExitCode.OK

    def pytest_collection_finish(self, session):
        if session.items:
            print(f"1..{len(session.items)}", flush=True)
        elif self.deselected:
            print(f"1..0 # SKIP none is named by {session.config.option.keyword!r}", flush=True)
        elif not session.testsfailed:
            print("Bail out! no test in this file", flush=True)

    def pytest_runtest_logreport(self, report):
        word, directive, trouble = self.worst.get(report.nodeid, ("ok", "", ""))
        if report.failed:
            word, directive = "not ok", ""
            trouble += f"in {report.when}: {report.longreprtext}\n" + captured(report)
        elif report.skipped and word == "ok":
            # As TAP has it: a test that fails as announced is not ok, and no failure.
            word = "not ok" if hasattr(report, "wasxfail") else word
            directive = " # " + reason(report)
        elif report.when == "call":
            trouble = figures(report)
        self.worst[report.nodeid] = (word, directive, trouble)
        if report.when == "teardown":
            self.tell(report.nodeid)

    def tell(self, nodeid):
        word, directive, trouble = self.worst.pop(nodeid)
        self.count += 1
        name = nodeid.split("::", 1)[-1].replace("#", "\\#")
        print(f"{word} {self.count} - {name}{directive}", flush=True)
        diagnostics(trouble)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item):
        mark = item.get_closest_marker("limit")
        seconds = int(SLOW * (mark.args[0] if mark else LIMIT))

        def expired(_signal, _frame):
            pytest.fail(f"no end after {seconds} s")

        old = signal.signal(signal.SIGALRM, expired)
        signal.alarm(seconds)
        yield
        signal.alarm(0)
        signal.signal(signal.SIGALRM, old)


def reason(report):
    if hasattr(report, "wasxfail"):
        return "TODO " + report.wasxfail
    why = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longreprtext
    return "SKIP " + why.removeprefix("Skipped: ").replace("\n", " ")


def captured(report):
    return "".join(f"--- {title} ---\n{text}\n" for title, text in report.sections if text)


def figures(report):
    lines = report.capstdout.splitlines()
    return "\n".join(line.removeprefix("# ") for line in lines if line.startswith("# "))


def diagnostics(text):
    for line in text.splitlines():
        print(f"# {line}", flush=True)


@pytest.hookimpl(trylast=True)
def pytest_configure(config):
    config.addinivalue_line(
        "markers", f"limit(seconds): end the test after so long (default {LIMIT})")
    plugins = config.pluginmanager
    plugins.unregister(plugins.getplugin("terminalreporter"))
    plugins.register(Tap(), "tap-report")
