# SPDX-License-Identifier: BSD-2-Clause
"""The small changes that a mutation run makes, one at a time, to one line of C."""

import re

COMPARISON = {"==": "!=", "!=": "==", "<": ">=", ">": "<=", "<=": ">", ">=": "<"}
BOUNDARY = {"<": "<=", ">": ">=", "<=": "<", ">=": ">"}
OTHER = {"&&": "||", "||": "&&", "true": "false", "false": "true", " + ": " - ", " - ": " + "}
CALL = re.compile(r"^(\t+)((?:\(void\)!?)?[a-z_]\w*\(.*\));$")
CONDITION = re.compile(r"\b(if|while) \((.*)\)( \{)?$")
NUMBER = re.compile(r"(?<![\w.'\\])(\d+)(?![\w.'])")


def code_only(line):
    """The line with strings, character constants and comments blanked, as long as before."""
    return re.sub(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|/\*.*?(?:\*/|$)|//.*$',
                  lambda m: "\1" * len(m[0]), line)


def balanced(text):
    depth = 0
    for c in text:
        depth += (c == "(") - (c == ")")
        if depth < 0:
            return False
    return depth == 0


def tokens(bare, table):
    """(start, end, replacement) of each operator of `table` in a line."""
    for m in re.finditer(r" (==|!=|<=|>=|<|>|&&|\|\|) |\b(true|false)\b|(?<=\w) ([+-]) (?=\w)", bare):
        start, end = (m.start(), m.end()) if m[3] else next(m.span(g) for g in (1, 2) if m[g])
        if m[0] in table or bare[start:end] in table:
            yield start, end, table[bare[start:end]]


def changes(line):
    """[(kind, changed line)...]; a line of no code has none."""
    bare = code_only(line)
    if not bare.startswith("\t") or bare.lstrip().startswith(("#", "*", "\1", "static const", "case ")):
        return []
    out = []
    for kind, table in (("comparison", COMPARISON), ("boundary", BOUNDARY), ("operator", OTHER)):
        out += [(kind, line[:a] + new + line[b:]) for a, b, new in tokens(bare, table)]
    for m in NUMBER.finditer(bare):
        number = "1" if m[1] == "0" else "0" if m[1] == "1" else str(int(m[1]) + 1)
        out.append(("constant", line[:m.start()] + number + line[m.end():]))
    m = CONDITION.search(bare)
    if m and balanced(m[2]):
        out.append(("negated", f"{line[:m.start(2)]}!({line[m.start(2):m.end(2)]}){line[m.end(2):]}"))
    m = CALL.match(bare)
    if m and balanced(m[2]):
        out.append(("dropped call", m[1] + ";"))
    return out


def of_file(text):
    """[(line number, kind, old line, new line)...] over the functions of a file.

    Tables outside functions are not changed: a line there is data, and the tests
    of a table are its rows.
    """
    found, inside, comment = [], False, False
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("{"):
            inside = True
        elif line.startswith("}"):
            inside = False
        opens = "/*" in line
        if inside and not comment:
            found += [(number, kind, line, new) for kind, new in changes(line) if new != line]
        if opens or comment:
            comment = "*/" not in line
    return found
