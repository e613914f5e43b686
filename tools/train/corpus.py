#!/usr/bin/env python3
"""Checks the corpus and drops what stands in it twice or nearly so.

    python corpus.py corpus/test.jsonl corpus/train-*.jsonl          says what is wrong, counts labels; exit 1 on a fault
    python corpus.py --drop corpus/test.jsonl corpus/train-*.jsonl   rewrites the files without the later of two near-equal lines

Two lines are near when their texts, without punctuation and case, share more than 60 % of their pairs of characters. Files count in the
order they are given: the lines for measuring come first, so that what is too near to them leaves the training.
"""
import argparse
import collections
import json
import re
import sys
import unicodedata

import inputs

NEAR = 0.6
KEYS = {"id", "context", "tier", "basket", "goods", "text", *inputs.HEADS}
TIERS = ("", "new", "silver", "gold", "platinum", "black")


def faults(r):
    """What is wrong with one line's labels and shape."""
    out = []
    if set(r) - KEYS:
        out.append("unknown field")
    if not str(r.get("text", "")).strip():
        out.append("no text")
    for n, classes in inputs.HEADS.items():
        if r.get(n) not in classes:
            out.append("%s %r" % (n, r.get(n)))
    if r.get("tier", "") not in TIERS:
        out.append("tier %r" % r["tier"])
    if len(r.get("context", [])) > 6 or any(set(t) != {"role", "text"} or t["role"] not in ("customer", "bot", "agent") for t in r.get("context", [])):
        out.append("context")
    if r.get("emotion") == "angry" and r.get("reason") not in ("angry", "human_request", "adverse_reaction"):
        out.append("angry, and not handed over")
    for k in ("angry", "anxious"):
        if r.get("reason") == k and r.get("emotion") != k:
            out.append("reason %s with another grade" % k)
    if r.get("intent") == "human_request" and r.get("reason") != "human_request":
        out.append("asks for a person, and not handed over")
    return out


def bare(s):
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", s).lower())


def pairs(s):
    return {s[i:i + 2] for i in range(len(s) - 1)} or {s}


class Seen:
    """The lines so far, by their pairs of characters."""

    def __init__(self):
        self.whole, self.rows, self.at = {}, [], collections.defaultdict(list)

    def like(self, r):
        """The earlier line that r repeats, None where it is new; a new one is kept."""
        t = bare(r["text"])
        key = t if len(t) > 4 else t + json.dumps(r.get("context", []), ensure_ascii=False)
        if key in self.whole:
            return self.whole[key]
        g = pairs(t)
        if len(t) >= 8:
            for j, n in collections.Counter(j for p in g for j in self.at[p]).most_common(3):
                if n / len(g | pairs(bare(self.rows[j]["text"]))) > NEAR:
                    return self.rows[j]
            for p in g:
                self.at[p].append(len(self.rows))
        self.rows.append(r)
        self.whole[key] = r
        return None


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--drop", action="store_true")
    ap.add_argument("files", nargs="+")
    a = ap.parse_args()
    seen, bad, gone = Seen(), 0, 0
    for path in a.files:
        with open(path, encoding="utf-8") as f:
            lines = f.read().splitlines()
        keep = []
        for n, line in enumerate(lines, 1):
            r = json.loads(line)
            for w in faults(r):
                print("%s:%d: %s: %s" % (path, n, w, r.get("text")))
                bad += 1
            twin = seen.like(r)
            if twin is None:
                keep.append(line)
                continue
            print("%s:%d: like %s: %s | %s" % (path, n, twin["id"], r["text"], twin["text"]))
            gone += 1
        if a.drop and len(keep) < len(lines):
            with open(path, "w", encoding="utf-8") as f:
                f.write("\n".join(keep) + "\n")
    rows = seen.rows
    print("%d lines, %d with turns before" % (len(rows), sum(bool(r.get("context")) for r in rows)))
    for n in (*inputs.HEADS, "goods"):
        print(n, dict(collections.Counter(r.get(n, "") for r in rows).most_common()))
    return 1 if bad or gone and not a.drop else 0


if __name__ == "__main__":
    sys.exit(main())
