#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""report - puts what a bench printed into docs/BENCHMARKS.md, and draws it.

    report.py DOCUMENT FIGURES NAME < what the bench printed

The part of DOCUMENT between "<!-- NAME -->" and "<!-- end of NAME -->" becomes
the machine, the date and the tables; each table that has a column of ratios,
"1.35 (1.20-1.41)", gets FIGURES/NAME-N.svg: the median as a dot, least and most
as a line, on a logarithmic axis, with 1 marked.  Only what Python itself brings.
"""

import datetime
import html
import math
import os
import platform
import re
import sys

RATIO = re.compile(r"([0-9.]+) \(([0-9.]+)-([0-9.]+)\)$")
STYLE = """
 text { font: 13px sans-serif; fill: #24292f } .axis { stroke: #8c959f }
 .one { stroke: #cf222e; stroke-dasharray: 4 3 } .span { stroke: #0969da; stroke-width: 3 }
 .dot { fill: #0969da } .quiet { fill: #57606a; font-size: 11px }
 @media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .axis { stroke: #6e7681 } .one { stroke: #ff7b72 }
  .span { stroke: #58a6ff } .dot { fill: #58a6ff } .quiet { fill: #9da7b3 } }
"""
LABEL, WIDTH, ROW, TOP = 300, 780, 24, 54


def machine():
    model = "unknown processor"
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as f:
        for line in f:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return (
        f"Measured {datetime.date.today()} on {os.cpu_count()} cores of {model}, "
        f"{platform.system()} {platform.release()}, libc {platform.libc_ver()[1]}; "
        f"load average at the end of the run {os.environ.get('BENCH_LOAD', 'not known')}."
    )


def tables(lines):
    """Yields (title, header, rows) of each Markdown table."""
    title, table = "", []
    for line in [*lines, ""]:
        if line.startswith("#"):
            title = line.lstrip("# ")
        if line.startswith("|"):
            table.append([cell.strip() for cell in line.strip("|").split("|")])
        elif table:
            yield title, table[0], table[2:]
            table = []


def ratio_column(rows):
    """The first column in which most cells are ratios, or None."""
    for column in range(1, len(rows[0])):
        if sum(bool(RATIO.match(row[column])) for row in rows) * 2 > len(rows):
            return column
    return None


def plot(title, header, rows, column):
    """An SVG of one column of ratios."""
    points = [(row[0], RATIO.match(row[column])) for row in rows]
    values = [float(g) for _, m in points if m for g in m.groups()]
    low = min(0.5, *values) * 0.9
    high = max(2.0, *values) * 1.1

    def x(value):
        span = math.log(high) - math.log(low)
        return LABEL + (WIDTH - LABEL - 60) * (math.log(max(value, low)) - math.log(low)) / span

    height = TOP + ROW * len(points) + 30
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{html.escape(title)}</title><style>{STYLE}</style>",
        f'<text x="8" y="20">{html.escape(title)}</text>',
        f'<text class="quiet" x="8" y="38">{html.escape(header[column])}: '
        "median, least and most</text>",
        f'<path class="one" d="M{x(1):.1f} {TOP - 8}V{height - 24}"/>',
        f'<text class="quiet" x="{x(1) - 3:.1f}" y="{height - 8}">1</text>',
    ]
    for power in range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1):
        if power != 0:
            at = x(10.0**power)
            out.append(f'<path class="axis" d="M{at:.1f} {height - 28}v6"/>')
            out.append(f'<text class="quiet" x="{at - 8:.1f}" y="{height - 8}">{10.0**power:g}</text>')
    for i, (name, m) in enumerate(points):
        y = TOP + ROW * i + 8
        out.append(f'<text x="8" y="{y + 4}">{html.escape(name)}</text>')
        if m:
            middle, least, most = (float(g) for g in m.groups())
            out.append(f'<path class="span" d="M{x(least):.1f} {y}H{x(most):.1f}"/>')
            out.append(f'<circle class="dot" cx="{x(middle):.1f}" cy="{y}" r="5"/>')
            out.append(f'<text class="quiet" x="{x(most) + 8:.1f}" y="{y + 4}">{middle:g}</text>')
    return "\n".join([*out, "</svg>", ""])


def main():
    document, figures, name = sys.argv[1:]
    lines = sys.stdin.read().splitlines()
    body, number = [machine(), ""], 0
    drawn = {}
    for title, header, rows in tables(lines):
        column = ratio_column(rows) if rows else None
        if column is not None:
            number += 1
            drawn[title] = f"{name}-{number}.svg"
            with open(os.path.join(figures, drawn[title]), "w", encoding="utf-8") as f:
                f.write(plot(title, header, rows, column))
    for line in lines:
        body.append(line)
        title = line.lstrip("# ")
        if line.startswith("#") and title in drawn:
            body += ["", f"![{title}]({os.path.basename(figures)}/{drawn[title]})"]
    with open(document, encoding="utf-8") as f:
        text = f.read()
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    if begin not in text or end not in text:
        sys.exit(f"report: {document} has no place for {name}")
    head, rest = text.split(begin, 1)
    tail = rest.split(end, 1)[1]
    with open(document, "w", encoding="utf-8") as f:
        f.write(f"{head}{begin}\n" + "\n".join(body).rstrip() + f"\n{end}{tail}")


main()
