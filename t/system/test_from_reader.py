# SPDX-License-Identifier: BSD-2-Clause
"""The From reader beside Python's email.utils, as a second opinion.

On ordinary mail both must say the same.  Where the grammar is broken Python
gives one reading, or none; ours gives each that a mail program may show, and
the table says why it is so.
"""

import email
import email.policy
import email.utils
import inspect
import random
import subprocess
from pathlib import Path

import pytest

from daemons import BUILD, FIXTURES, LIMIT

# Fields that are well formed, or that both repair in the same way.
SAME = [
    "a@b.example", "<a@b.example>", "John Q. Public <a@b.example>",
    "\"'X, Y' via Z\" <s@g.example>", "\"\\\"AcmeCorp, Inc.\\\"\" <a@b.example>",
    "a@b.example, C <c@d.example>", "a@b.example,,c@d.example", "a@[192.0.2.1]",
    "Undisclosed: a@b.example, c@d.example;", "G: A <a@b.example>;, c@d.example",
    "Undisclosed recipients:;", "\"user@bar\"@example.com", "\"john doe\"@b.example",
    "\"Someone <someone@junk.com>\"@mydomain.com", "a@b.example (comment)",
    "(x)a@b.example(w)", "a(b(c)d)@b.example", "(\\)x@y.example)a@b.example",
    "a@b.example (c@d.example)", "a . b@c . example", "<a@\n b.example>",
    "\"(\" <a@b.example>",
    "=?utf-8?q?=3Cspammer=40x.example=3E?= <foo@example.com>",
    "=?utf-8?b?PHNwYW1tZXJAeC5leGFtcGxlPg==?= <foo@example.com>",
    "\"spam@spammer.com\" <foo@example.com>", "root", "<>", "", "Mail Delivery System <>",
    "X <user@example.net", "J\u00fcrgen <j\u00fcrgen@b\u00fccher.example>",
    "\"a\\\"b\\\\\"@b.example", "A@B.Example", "Charlie Root <root>",
]

# field: (what ours says, why it differs)
DIFFERENT = {
    "God@heaven <@hop1.org,@hop2.net:jeff@spec.org>":
        (["jeff@spec.org"], "a source route; Python takes three addresses out of it, or none"),
    "spam@spammer.com <foo@example.com>":
        (["foo@example.com"], "the bare name before < is no address; Python takes both, or none"),
    "spam@spammer.com via List <foo@example.com>":
        (["foo@example.com"], "the same"),
    "user@example.net>":
        (["user@example.net"], "a mail program drops the stray bracket"),
    "a@b.example c@d.example":
        (["a@b.example", "c@d.example"], "a missing comma hides neither"),
    "<a@b.example> c@d.example":
        (["a@b.example", "c@d.example"], "the same"),
    "a@b.example@c.example":
        (["a@b.example", "\"a@b.example\"@c.example"], "either @ may be the one"),
    "@user@example.com": (["@user@example.com"], "the domain is plain, whatever stands before"),
    "<<a@b.example>>": (["a@b.example"], "the inner brackets count"),
    "<a@b.example <c@d.example>": (["a@b.example", "c@d.example"], "either may be shown"),
    "\"Foo <a@b.example>": (["a@b.example"], "an open quote hides nothing"),
    "Foo (bar <a@b.example>": (["a@b.example"], "an open comment hides nothing"),
    "user@example.net(.example.com": (["user@example.net"], "an open comment adds nothing"),
    "[a@b.example]": (["a@b.example"], "square brackets are blanks outside a domain"),
    "<mailto:a@b.example>": (["a@b.example"], "a scheme is not part of the address"),
    "Doe, John <a@b.example>": (["a@b.example"], "a lone word beside an address is a name"),
    "No Address Here": ([], "words are no address; Python joins them into one"),
    "a@b.example John Doe": (["a@b.example"], "what follows is a name"),
    "John Doe a@b.example": (["a@b.example"], "what precedes is a name"),
    "x@y.example: a@b.example;": (["x@y.example", "a@b.example"], "the name of a group may be shown"),
    "\"\"@b.example": (["@b.example"], "the domain counts without a local part"),
    "root@": (["root"], "the missing domain is missing"),
}


def unquote(address):
    """Python keeps quotes; compare what they mean."""
    local, at, domain = address.rpartition("@")
    if not at:
        local, domain = address, ""
    if local.startswith("\"") and local.endswith("\"") and len(local) > 1:
        local = local[1:-1].replace("\\\\", "\0").replace("\\", "").replace("\0", "\\")
    return local, domain


def by_python(value):
    strict = {"strict": False} if "strict" in inspect.signature(email.utils.getaddresses).parameters else {}
    found = email.utils.getaddresses([value], **strict)
    return sorted({unquote("".join(a.split()) if "\"" not in a else a) for _, a in found if a})


def by_ours(values):
    asked = "".join(v.encode().hex() + "\n" for v in values)
    end = subprocess.run([f"{BUILD}/t/system/print_mailboxes"], input=asked, text=True,
                         capture_output=True, timeout=LIMIT, check=True)
    lines = end.stdout.splitlines()
    assert len(lines) == len(values)
    return [sorted({tuple(bytes.fromhex(p).decode(errors="replace") for p in a.split("/"))
                    for a in line.split()}) for line in lines]


@pytest.mark.parametrize("value", SAME, ids=lambda v: ascii(v)[:40])
def test_the_same_as_python(value):
    assert by_ours([value])[0] == by_python(value)


@pytest.mark.parametrize("value", DIFFERENT, ids=lambda v: ascii(v)[:40])
def test_different_from_python_with_a_reason(value):
    want, _why = DIFFERENT[value]
    assert by_ours([value])[0] == sorted(unquote(a) for a in want)


def test_the_messages_of_the_corpus():
    """Every From of the clean messages and the worms."""
    values = []
    for path in sorted(Path(FIXTURES).glob("mail/*.eml")) + sorted(Path(FIXTURES).glob("worms/*.eml")):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.compat32)
        values += [str(v) for v in message.get_all("From", [])]
    assert len(values) > 50
    for value, got in zip(values, by_ours(values)):
        assert got == by_python(value), value


def made_up(rng):
    """A well-formed field of random members."""
    word = lambda: "".join(rng.choice("abcxyz019_-") for _ in range(rng.randint(1, 8)))
    spec = lambda: rng.choice([
        lambda: f"{word()}@{word()}.example", lambda: f"{word()}.{word()}@{word()}.example",
        lambda: f"\"{word()} {word()}\"@{word()}.example", lambda: f"\"{word()}@{word()}\"@x.example"])()
    name = lambda: rng.choice([
        word, lambda: f"{word()} {word()}", lambda: f"\"{word()}, {word()}@{word()}.example\"",
        lambda: f"=?utf-8?q?{word()}=40{word()}?=", lambda: f"\"{word()} <{word()}@x.example>\""])()
    comment = lambda: rng.choice(["", "", "", f" ({word()} (x@y.example) \\))"])
    member = lambda: rng.choice([
        lambda: spec() + comment(), lambda: f"{name()} <{spec()}>{comment()}",
        lambda: f"{name()}\r\n <{spec()}>"])()
    return ", ".join(member() for _ in range(rng.randint(1, 4)))


def test_ten_thousand_well_formed_fields():
    rng = random.Random(2003)
    values = [made_up(rng) for _ in range(10000)]
    for value, got in zip(values, by_ours(values)):
        assert got == by_python(value), value
