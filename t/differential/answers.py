# SPDX-License-Identifier: BSD-2-Clause
"""All that a milter can say, by name: verdicts, edits, faults, negotiations.

The names are those of the coverage table; a name makes an ANSWER as play.py
wants it, with the random choices of its kind.
"""

import struct

import words


def h(text):
    return text.encode("latin-1").hex()


def y(text):
    return [["y", h(text + "\0")]]


REPLIES = {
    "y5": ["550 5.7.0 VIRUS FOUND", "552 5.2.2 Mailbox full", "554 5.7.1 no", "553 5.1.3 bad",
           "550 no code", "571 5.7.1 x"],
    "y4": ["451 4.7.1 Please try later", "450 4.2.0 busy", "452 4.3.1 full", "451 later"],
    "y421": ["421 4.3.2 closing now", "421 closing"],
    "yml": ["550-5.7.0 first\r\n550-5.7.0 second\r\n550 5.7.0 last", "451-4.7.1 one\r\n451 4.7.1 two"],
    "y%": ["550 5.7.0 100% sure", "550 5.7.0 100%% sure", "451 4.7.1 %d"],
    "yodd": ["250 2.0.0 fine", "354 go", "550 4.7.0 mismatch", "550", "55", "", "no code at all",
             "550-5.7.0 open end", "550 5.7.0 " + "x" * 1500, "600 6.0.0 x"],
}
VERDICTS = {name: name for name in "carts"} | {"d": "d", "p": "p", "f": "f", "4": "4"}
EDITS = "+-2ehimbq"
FAULTS = {
    "close": [{"close": 1}],
    "hang": [{"hang": 1}],
    "zero": [{"raw": "00000000"}],
    "biglen": [{"raw": "7fffffff63"}],
    "cut": [{"raw": "0000000563"}, {"close": 1}],
    "unknown": [["X", ""]],
    "trailing": [["c", "616263"]],
    "twice": [["c", ""], ["c", ""]],
    "halfheader": [{"raw": "0000"}, {"close": 1}],
}
STAGES = "CHMRTLNBEU"


def edit(rnd, letter):
    """One modification, mostly well formed."""
    index = struct.pack(">I", rnd.choice(words.INDEXES)).hex()
    text = {
        "+": words.RCPTS, "-": words.GONE, "2": words.RCPT_PARS, "e": words.FROMS,
        "h": words.ADDED, "q": ["held by test", "held"], "b": words.NEW_BODIES,
        "i": words.ADDED, "m": words.CHANGED}[letter]
    payload = h(rnd.choice(text))
    if letter != "b" and rnd.random() > 0.06:
        payload += "00"
    return [letter, (index if letter in "im" else "") + payload]


def final(rnd):
    return rnd.choice([[["c", ""]]] * 5 + [[["a", ""]], [["r", ""]], [["t", ""]], [["d", ""]]])


def make(rnd, name):
    """The ANSWER of that name."""
    if name in VERDICTS:
        tail = [["c", ""]] if name == "p" else []
        return [[VERDICTS[name], ""], *tail]
    if name in REPLIES:
        return y(rnd.choice(REPLIES[name]))
    if name == "ynonul":
        return [["y", h("550 5.7.0 no end")]]
    if name in FAULTS:
        return list(FAULTS[name])
    return [edit(rnd, name), *(final(rnd) if rnd.random() < 0.3 else [["c", ""]])]


NAMES = [*VERDICTS, *REPLIES, "ynonul", *FAULTS, *EDITS]

# How the negotiation itself goes; each is a key of the coverage table.
OPENINGS = {
    **{f"v{v}": {"neg": {"v": v}} for v in (1, 2, 3, 4, 5, 7, 99)},
    "action-not-offered": {"neg": {"a": 0x800001FF}},
    "step-not-offered": {"neg": {"p": 0x400000}},
    "mds256k": {"neg": {"p": 0x10000000}},
    "mds1m": {"neg": {"p": 0x20000000}},
    "short": {"on": {"O": [[["O", "00000006000001ff"]]]}},
    "long": {"on": {"O": [[["O", "00000006000001ff00000000" + "00000009" + "7800"]]]}},
    "open-list": {"on": {"O": [[["O", "00000006000001ff00000000" + "00000002" + "69"]]]}},
    "not-O-c": {"on": {"O": [[["c", ""]]]}},
    "not-O-r": {"on": {"O": [[["r", ""]]]}},
    "O-close": {"on": {"O": [[{"close": 1}]]}},
    "O-hang": {"on": {"O": [[{"hang": 1}]]}},
    "O-zero": {"on": {"O": [[{"raw": "00000000"}]]}},
    "absent": {"absent": True},
    "deaf": {"deaf": True},
}
BITS = {"NOCONNECT": 1, "NOHELO": 2, "NOMAIL": 4, "NORCPT": 8, "NOBODY": 0x10, "NOHDRS": 0x20,
        "NOEOH": 0x40, "NR_HDR": 0x80, "NOUNKNOWN": 0x100, "NODATA": 0x200, "SKIP": 0x400,
        "RCPT_REJ": 0x800, "NR_CONN": 0x1000, "NR_HELO": 0x2000, "NR_MAIL": 0x4000,
        "NR_RCPT": 0x8000, "NR_DATA": 0x10000, "NR_UNKN": 0x20000, "NR_EOH": 0x40000,
        "NR_BODY": 0x80000, "HDR_LEADSPC": 0x100000}
ACTIONS = {"ADDHDRS": 1, "CHGBODY": 2, "ADDRCPT": 4, "DELRCPT": 8, "CHGHDRS": 0x10,
           "QUARANTINE": 0x20, "CHGFROM": 0x40, "ADDRCPT_PAR": 0x80, "SETSYMLIST": 0x100}


def name_of(answer):
    """The names that an ANSWER exercises."""
    for name, made in FAULTS.items():
        if answer == made:
            return [name]
    names = []
    for do in answer:
        if isinstance(do, dict):
            names.append("close" if "close" in do else "hang" if "hang" in do else "raw")
        elif do[0] == "y":
            names.append(reply_name(bytes.fromhex(do[1]).decode("latin-1")))
        elif do[0] != "c" or len(answer) == 1:
            names.append(do[0])
    return names


def reply_name(text):
    if not text.endswith("\0"):
        return "ynonul"
    for name, texts in REPLIES.items():
        if text[:-1] in texts:
            return name
    return "yodd"
