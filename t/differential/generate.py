# SPDX-License-Identifier: BSD-2-Clause
"""Sessions at random, the same ones for the same seed, whatever the MTA.

Each session has an aim: one pair of stage and answer, an opening, or some
bits of the negotiation.  The aims of a seed are a shuffled list of all there
are, begun again when it ends, so none is left out; around its aim a session
is as the dice fall.
"""

import hashlib
import json
import random

import answers
import words

KINDS = ["N", "T", "R", "4", "TT", "NT", "TN", "R4", "4R", "NN"]


def aims():
    """All aims, each as often as it is worth."""
    every = []
    for stage in answers.STAGES:
        for name in answers.NAMES:
            if name != "hang":
                every.append(("answer", stage, name))
        every.append(("bits", stage, None))
    # Each of these waits for a time limit, so there are few.
    every += [("answer", stage, "hang") for stage in answers.STAGES]
    every += [("opening", "O", name) for name in answers.OPENINGS]
    every += [("edits", "E", None)] * 70
    every += [("client", None, None)] * 30
    every += [("lists", "O", None)] * 14
    return every


class Maker:
    def __init__(self, seed, number, aim):
        self.rnd = random.Random(f"{seed}/{number}")
        self.aim, self.stage, self.name = aim

    def one(self, *chances):
        """True with that chance."""
        return self.rnd.random() < chances[0]

    def pick(self, good, bad, chance):
        return self.rnd.choice(bad if self.one(chance) else good)

    # The client.

    def mail(self):
        line = self.rnd.choice(["MAIL FROM:"] * 12 + ["MAIL FROM: ", "mail from:", "Mail From:"])
        line += self.pick(words.SENDERS, words.BAD_SENDERS, 0.05)
        if self.one(0.2):
            line += " " + self.pick(words.SENDER_PARAMETERS, words.BAD_SENDER_PARAMETERS, 0.3)
        return line

    def rcpt(self):
        line = self.rnd.choice(["RCPT TO:"] * 12 + ["RCPT TO: ", "rcpt to:", "Rcpt To:"])
        line += self.pick(words.USERS, words.BAD_USERS, 0.12)
        if self.one(0.12):
            line += " " + self.pick(words.USER_PARAMETERS, words.BAD_USER_PARAMETERS, 0.3)
        return line

    def headers(self):
        headers = list(words.HEADERS)
        if self.one(0.2):
            headers = self.rnd.sample(headers, self.rnd.randrange(len(headers)))
        for _ in range(self.rnd.choice([0, 0, 1, 2, 3])):
            headers.insert(self.rnd.randrange(len(headers) + 1), self.rnd.choice(words.MORE_HEADERS))
        if self.one(0.04):
            headers.insert(self.rnd.randrange(len(headers) + 1), self.rnd.choice(words.ODD_HEADERS))
        return headers

    def body(self):
        if self.one(0.03):
            size = self.rnd.choice(words.SIZES)
            return [["x" * 62 + "\r\n", size // 64], *(["y" * (size % 64 - 2) + "\r\n"]
                                                       if size % 64 > 1 else [])]
        return self.pick(words.BODIES, words.ODD_BODIES, 0.06)

    def message(self):
        needs_header = self.stage == "L" and self.aim == "answer"
        head = "".join(line + "\r\n" for line in self.headers())
        if self.one(0.03) and not needs_header:
            head = ""
        body = self.body() if self.stage != "B" else self.rnd.choice(words.BODIES)
        blank = "" if self.one(0.02) and self.stage not in ("B", "L", "N") else "\r\n"
        if self.stage == "L" and not head:
            head = words.HEADERS[0] + "\r\n"
        return [head + blank, *body, ".\r\n"]

    def transaction(self):
        """Steps of one message, well ordered."""
        rcpts = [self.rcpt() for _ in range(self.rnd.choice([1, 1, 2, 2, 3]))]
        steps = [["cmd", self.mail()], *(["cmd", r] for r in rcpts), ["cmd", "DATA"]]
        if self.stage is not None and self.one(0.75):
            # Aims in the message want that it gets there.
            steps[0][1], steps[1][1] = "MAIL FROM:<Smith@bar.com>", "RCPT TO:<Jones@foo.com>"
        steps.append(["text", *self.message()])
        if self.one(0.05):
            return [*steps[:-1], ["part", *self.message()[:2]], ["drop"]]
        return steps

    def client(self):
        steps = []
        wild = self.aim == "client" or self.one(0.25)
        if self.stage == "H" or self.one(0.93):
            steps.append(["cmd", self.pick(words.HELLOS, words.BAD_HELLOS, 0.02)])
        for _ in range(self.rnd.choice([1, 1, 1, 2, 2, 3])):
            steps += self.transaction()
        if self.stage == "H" and not steps[0][1][:4].upper() in ("EHLO", "HELO"):
            steps.insert(0, ["cmd", "EHLO bar.com"])
        if wild:
            self.disorder(steps)
        if self.stage == "U":
            self.insert(steps, ["cmd", self.rnd.choice(words.UNKNOWN)])
        if self.one(0.2):
            self.pipeline(steps)
        if steps[-1] != ["drop"]:
            steps.append(["drop"] if self.one(0.08) else ["cmd", "QUIT"])
        return self.cut(steps) if self.one(0.06) else steps

    def insert(self, steps, step):
        """Not between DATA and its text."""
        places = [i for i in range(len(steps) + 1)
                  if i == len(steps) or steps[i][0] not in ("text", "part", "drop")]
        places = [i for i in places if i == 0 or steps[i - 1] != ["drop"]]
        steps.insert(self.rnd.choice(places), step)

    def disorder(self, steps):
        for _ in range(self.rnd.choice([1, 1, 2, 3, 5])):
            if self.one(0.2) and len(steps) > 3:
                del steps[self.rnd.randrange(len(steps))]
            else:
                self.insert(steps, ["cmd", self.rnd.choice(words.STRAY)])
        if self.one(0.04):
            steps[1:1] = [["cmd", "BAR"]] * 24

    def pipeline(self, steps):
        """Runs of commands become one write."""
        out, run = [], []
        for step in steps:
            if step[0] == "cmd" and step[1][:4].upper() not in ("EHLO", "HELO", "QUIT"):
                run.append(step[1])
                if step[1][:4].upper() != "DATA":
                    continue
                step = None
            if run:
                out.append(["pipe", run] if len(run) > 1 else ["cmd", run[0]])
                run = []
            if step:
                out.append(step)
        if run:
            out.append(["pipe", run] if len(run) > 1 else ["cmd", run[0]])
        steps[:] = out

    def cut(self, steps):
        return [*steps[:self.rnd.randrange(1, len(steps))], ["drop"]]

    # The milter.

    def negotiate(self, spec):
        neg = spec.setdefault("neg", {})
        if self.aim == "bits" or self.one(0.12):
            bits = list(answers.BITS.values())
            if self.one(0.5):  # a few
                for bit in self.rnd.sample(bits, self.rnd.choice([1, 1, 2, 3])):
                    neg["p"] = neg.get("p", 0) | bit
            else:
                neg["p"] = sum(b for b in bits if self.one(0.5))
        if self.one(0.15):
            neg["a"] = self.rnd.choice([0, 0x1FF, 0x13F, 0x1FF & ~self.rnd.choice(
                list(answers.ACTIONS.values()))])
        if self.aim == "lists" or self.one(0.05):
            stages = self.rnd.sample(list(words.SYMLISTS), self.rnd.choice([1, 1, 2, 4]))
            neg["sym"] = {s: self.rnd.choice(words.SYMLISTS[s]) for s in sorted(stages)}
        if not neg:
            del spec["neg"]

    def tell(self, spec, stage, name):
        """Adds an answer; at times not to the first such packet."""
        nth = 0 if self.one(0.85) else 1
        if stage == "E":
            nth = 0
        told = spec.setdefault("on", {}).setdefault(stage, [])
        while len(told) < nth:
            told.append([["c", ""]])
        told.append(answers.make(self.rnd, name))

    def edits(self, spec):
        made = [answers.edit(self.rnd, self.rnd.choice(answers.EDITS + "him"))
                for _ in range(self.rnd.choice([1, 1, 2, 3, 4]))]
        if self.one(0.15):
            made.insert(self.rnd.randrange(len(made) + 1), ["p", ""])
        spec.setdefault("on", {}).setdefault("E", []).append(made + answers.final(self.rnd))

    def milter(self):
        spec = {}
        if self.aim == "opening":
            spec = json.loads(json.dumps(answers.OPENINGS[self.name]))
        elif self.aim == "answer":
            self.tell(spec, self.stage, self.name)
            if self.one(0.7):
                spec.pop("neg", None)
                return spec
        if self.aim == "edits" or self.one(0.15):
            self.edits(spec)
        if "absent" not in spec and self.aim != "opening":
            self.negotiate(spec)
        return spec

    def other(self):
        """The second filter is told something in half of the sessions."""
        spec = {}
        if self.one(0.5):
            quick = [n for n in answers.NAMES if n != "hang"]
            self.tell(spec, self.rnd.choice(answers.STAGES), self.rnd.choice(quick))
        if self.one(0.3):
            self.edits(spec)
        return spec

    def session(self):
        kind = self.rnd.choice(KINDS[:4] * 2 + KINDS[4:])
        one = {"kind": kind, "client": self.client(), "milter": self.milter()}
        if len(kind) == 2:
            one["milter2"] = self.other()
            if self.one(0.3):
                one["milter"], one["milter2"] = one["milter2"], one["milter"]
        return one


def sessions(seed, count):
    """`count` sessions of this seed; session n is the same for any count."""
    aim, every = [], aims()
    for number in range(count):
        if not aim:
            aim = list(every)
            random.Random(f"{seed}/aims/{number}").shuffle(aim)
        yield Maker(seed, number, aim.pop()).session()


def key(session):
    """What a session is called in the cache."""
    text = json.dumps(session, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:24]
