# SPDX-License-Identifier: BSD-2-Clause
"""The smallest session that still differs in the same way.

Greedy: tries each simpler session in turn and goes on from the first that
differs with the same class, until none does or the tries are used up.
"""

import copy

PLAIN = ["text", "Subject: x\r\n\r\n", "Hello\r\n", ".\r\n"]
TRIES = 150


def without(list_, n):
    return list_[:n] + list_[n + 1:]


def simpler_clients(client):
    for n in range(len(client) - 1, -1, -1):
        step = client[n]
        following = client[n + 1:n + 2]
        if step[:1] == ["cmd"] and following and following[0][0] in ("text", "part"):
            yield client[:n] + client[n + 2:]  # DATA goes with its text
        else:
            yield without(client, n)
        if step[0] == "pipe":
            for i in range(len(step[1])):
                yield client[:n] + [["pipe", without(step[1], i)]] + client[n + 1:]
            yield client[:n] + [["cmd", line] for line in step[1]] + client[n + 1:]
        elif step[0] == "text" and step != PLAIN:
            yield client[:n] + [PLAIN] + client[n + 1:]
            yield from simpler_texts(client, n)
        elif step[0] == "cmd" and " " in step[1] and step[1][-1] != ":":
            yield client[:n] + [["cmd", step[1].rsplit(" ", 1)[0]]] + client[n + 1:]


def simpler_texts(client, n):
    parts = client[n][1:]
    head = parts[0].split("\r\n") if isinstance(parts[0], str) else []
    for i in range(len(head) - 2):
        smaller = ["text", "\r\n".join(without(head, i)), *parts[1:]]
        yield client[:n] + [smaller] + client[n + 1:]
    if len(parts) > 2:
        yield client[:n] + [["text", parts[0], "Hello\r\n", parts[-1]]] + client[n + 1:]


def simpler_specs(spec):
    if not spec:
        return
    yield {}
    for key in spec:
        yield {k: v for k, v in spec.items() if k != key}
    for letter, told in spec.get("on", {}).items():
        less = {k: v for k, v in spec["on"].items() if k != letter}
        yield {**spec, "on": less}
        for n, answer in enumerate(told):
            for i in range(len(answer) if len(answer) > 1 else 0):
                yield {**spec, "on": {**spec["on"], letter: told[:n] + [without(answer, i)]
                                      + told[n + 1:]}}
    neg = spec.get("neg", {})
    for key in neg:
        yield {**spec, "neg": {k: v for k, v in neg.items() if k != key}}
    for bit in (1 << i for i in range(21)):
        if neg.get("p", 0) & bit:
            yield {**spec, "neg": {**neg, "p": neg["p"] & ~bit}}
    for stage in neg.get("sym", {}):
        yield {**spec, "neg": {**neg, "sym": {s: v for s, v in neg["sym"].items() if s != stage}}}


def simpler(session):
    """Sessions that say less, the boldest first."""
    if len(session["kind"]) == 2:
        for n, key in ((0, "milter"), (1, "milter2")):
            one = {k: v for k, v in session.items() if k != "milter2"}
            yield {**one, "kind": session["kind"][n], "milter": session[key]}
    for client in simpler_clients(session["client"]):
        if client and not all(s == ["drop"] for s in client):
            yield {**session, "client": client}
    for key in ("milter", "milter2"):
        for spec in simpler_specs(session.get(key)):
            yield {**session, key: spec}
    if session["kind"] not in ("T", "TT"):
        yield {**session, "kind": "T" * len(session["kind"])}


def shrink(session, differs):
    """differs(session): is it still a difference of the same class?"""
    now, tries = copy.deepcopy(session), 0
    while True:
        for candidate in simpler(now):
            tries += 1
            if tries > TRIES:
                return now
            if differs(candidate):
                now = candidate
                break
        else:
            return now
