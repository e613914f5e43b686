#!/usr/bin/env python3
"""How far two people who labelled the same lines agree: share, Cohen's kappa, macro-F1 of the second against the first.

    python agree.py corpus/test.jsonl corpus/test-second.tsv
"""
import collections
import sys

import numpy as np

import inputs
import scores


def main():
    first = {r["id"]: r for r in inputs.read([sys.argv[1]])}
    second = {}
    with open(sys.argv[2], encoding="utf-8") as f:
        for line in f:
            k, *labels = line.rstrip("\n").split("\t")
            second[k] = dict(zip(inputs.HEADS, labels + [""]))
    for n, classes in inputs.HEADS.items():
        a = np.array([classes.index(first[k][n]) for k in first])
        b = np.array([classes.index(second[k][n]) for k in first])
        ca, cb = collections.Counter(a.tolist()), collections.Counter(b.tolist())
        chance = sum(ca[c] * cb[c] for c in ca) / len(a) ** 2
        same = float(np.mean(a == b))
        print("%-8s same %.3f  kappa %.3f  macro-F1 %.3f" % (n, same, (same - chance) / (1 - chance), scores.macro(a, b, len(classes))))
        if n == "reason":
            print("%-8s F1 %.3f" % ("escalate", scores.f1(a > 0, b > 0)))


if __name__ == "__main__":
    main()
