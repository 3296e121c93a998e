# SPDX-License-Identifier: BSD-2-Clause
"""Made-up worms: noise in a wrapper that is another one in each copy."""

import base64
import random


def lines(data, width=76):
    text = base64.b64encode(data).decode()
    return [text[i:i + width] for i in range(0, len(text), width)]


def code(seed, size=6000):
    """What looks like a packed program: the same bytes in every copy."""
    return b"MZ\x90\x00" + bytes(60) + random.Random(seed).randbytes(size)


def worm(seed, copy, name="game.exe"):
    """Copy number `copy` of the worm `seed`, as a client would send it."""
    rng = random.Random(f"{seed} {copy}")
    boundary = "%016x" % rng.getrandbits(64)
    words = " ".join(rng.choice(["see", "the", "attached", "file", "my", "photos", "hello", "now"])
                     for _ in range(rng.randrange(5, 60)))
    return "\r\n".join([
        f"From: user{rng.randrange(10000)}@example.{rng.choice(['com', 'net', 'org'])}",
        f"Subject: {rng.choice(['Hi', 'Your application', 'Movie', 'Re: details'])}",
        "MIME-Version: 1.0", f'Content-Type: multipart/mixed; boundary="{boundary}"', "",
        f"--{boundary}", "Content-Type: text/plain", "", words, "",
        # a victim's file, another in each copy
        f"--{boundary}", "Content-Type: application/octet-stream; name=letter.doc",
        "Content-Transfer-Encoding: base64", "", *lines(rng.randbytes(rng.randrange(500, 4000))),
        f"--{boundary}", f"Content-Type: application/octet-stream; name={name}",
        "Content-Transfer-Encoding: base64", "", *lines(code(seed)), f"--{boundary}--", "",
    ]).encode()


def letter(number):
    """Clean mail: text, and now and then a picture that all letters share."""
    rng = random.Random(f"clean {number}")
    body = [" ".join(rng.choice("one two three four five six seven".split()) for _ in range(12))
            for _ in range(rng.randrange(3, 40))]
    if number % 2:
        body += ["", *lines(code("letterhead", 2000))]
    return "\r\n".join([f"Subject: letter {number}", "", *body, ""]).encode()


def fill(folder, make, count):
    folder.mkdir(parents=True, exist_ok=True)
    for n in range(count):
        (folder / f"{n}.eml").write_bytes(make(n))
    return folder
