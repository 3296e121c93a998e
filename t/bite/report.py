# SPDX-License-Identifier: BSD-2-Clause
"""What became of the mutants of a run, as tables."""

from collections import Counter, namedtuple

# `fate` is one of FATES; `by` the test that failed, or the reason.
Mutant = namedtuple("Mutant", "layer file line kind old new fate by")
KILLED, SURVIVED, EQUIVALENT, NO_UNIT = "killed", "survived", "equivalent", "no unit test"
FATES = (KILLED, SURVIVED, EQUIVALENT, NO_UNIT)


def table(mutants):
    yield "| layer | drawn | killed | equivalent | no unit test runs it | survived | killed, % |"
    yield "|---|---|---|---|---|---|---|"
    for layer in [*dict.fromkeys(m.layer for m in sorted(mutants)), "all"]:
        of = [m for m in mutants if layer in (m.layer, "all")]
        n = Counter(m.fate for m in of)
        judged = n[KILLED] + n[SURVIVED]
        yield (f"| {layer} | {len(of)} | {n[KILLED]} | {n[EQUIVALENT]} | {n[NO_UNIT]} | {n[SURVIVED]} | "
               f"{100 * n[KILLED] / judged if judged else 100:.1f} |")


def change(m):
    return f"- {m.file}:{m.line} ({m.kind})\n\n      - {m.old.strip()}\n      + {m.new.strip()}\n"


def show(mutants, out):
    print("\n".join(table(mutants)), file=out)
    kinds = Counter(m.kind for m in mutants if m.fate == SURVIVED)
    print(f"\nSurvivors by kind: {', '.join(f'{k} {n}' for k, n in kinds.most_common()) or 'none'}.", file=out)
    for fate, title in ((SURVIVED, "Survived"), (EQUIVALENT, "Equivalent"),
                        (NO_UNIT, "Run by no unit test")):
        of = sorted(m for m in mutants if m.fate == fate)
        if of:
            print(f"\n### {title}\n", file=out)
        for m in of:
            print(change(m) + (f"\n  {m.by}\n" if m.by else ""), file=out)


def write(path, head, mutants):
    with open(path, "w", encoding="utf-8") as f:
        print(f"# Mutants\n\n{head}\n", file=f)
        show(mutants, f)
