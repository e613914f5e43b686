#!/usr/bin/env python3
"""Finds temperatures, the linear model's weight and the threshold of escalation on the lines that training kept apart.

    python choose.py --base build --tuned apart.npz --corpus 'corpus/train-*.jsonl' --out apart.json [--test corpus/test.jsonl]

The encoder's logits are the int8 graph's, each line alone, as the product runs it.
"""
import argparse
import json
import os
import tempfile

import numpy as np

import export
import inputs
import linear
import scores
import train


def log_soft(x):
    return np.log(np.maximum(scores.soft(x), 1e-9))


def temperature(logits, want):
    """Of a grid, the one with the least cross-entropy."""
    grid = np.exp(np.linspace(np.log(0.3), np.log(4), 60))
    loss = [-np.mean(log_soft(logits / t)[np.arange(len(want)), want]) for t in grid]
    return float(grid[int(np.argmin(loss))])


def mixed(enc, lin, conf):
    out = {}
    for n in inputs.HEADS:
        w = conf["mix"][n]
        out[n] = (1 - w) * log_soft(enc[n] / conf["temperature"][n]) + w * log_soft(lin[n] / conf["linear_temperature"][n])
    return out


def threshold(reason, want):
    """The one with the best F1 of escalation."""
    up = 1 - scores.soft(reason)[:, 0]
    grid = np.linspace(0.2, 0.8, 61)
    f = [scores.f1(want, up > t) for t in grid]
    best = np.flatnonzero(np.array(f) > max(f) - 1e-9)
    return float(grid[best[len(best) // 2]])


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--base", required=True)
    ap.add_argument("--tuned", required=True)
    ap.add_argument("--corpus", required=True)
    ap.add_argument("--test")
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--out", required=True)
    a = ap.parse_args()
    tok = train.tokenizer(a.base)
    dev, rest = train.apart(a.corpus, a.seed)
    with tempfile.TemporaryDirectory() as tmp:
        path = os.path.join(tmp, "e.onnx")
        export.graph(a.tuned, path)
        s = export.session(path)
        see = lambda rows: {n: np.array(v) for n, v in zip(inputs.HEADS, zip(*(tuple(export.run(s, inputs.ids(tok, r)).values()) for r in rows)))}
        enc = see(dev)
        test = inputs.read([a.test]) if a.test else []
        tenc = see(test) if test else None
    w, b = linear.train(rest)
    lin = linear.logits(dev, linear.pack(w, b)[1], b)
    want = {n: np.array([c.index(r[n]) for r in dev]) for n, c in inputs.HEADS.items()}
    conf = {"temperature": {n: temperature(enc[n], want[n]) for n in inputs.HEADS},
            "linear_temperature": {n: temperature(lin[n], want[n]) for n in inputs.HEADS}, "mix": {}}
    for n in inputs.HEADS:
        best = (-1, 0)
        for k in np.linspace(0, 0.6, 13):
            p = (1 - k) * log_soft(enc[n] / conf["temperature"][n]) + k * log_soft(lin[n] / conf["linear_temperature"][n])
            f = scores.macro(want[n], p.argmax(1), len(inputs.HEADS[n])) - np.mean(p[np.arange(len(dev)), want[n]]) * -0.05
            best = max(best, (f, float(k)))
        conf["mix"][n] = round(best[1], 3)
    both = mixed(enc, lin, conf)
    conf["escalate"] = threshold(both["reason"], want["reason"] > 0)
    conf["linear_escalate"] = threshold(lin["reason"] / conf["linear_temperature"]["reason"], want["reason"] > 0)
    print("apart: encoder ", scores.short(dev, enc))
    print("apart: linear  ", scores.short(dev, lin))
    print("apart: together", json.dumps(scores.all_of(dev, both, conf["escalate"])))
    if test:
        tlin = linear.logits(test, linear.pack(w, b)[1], b)
        print("test:  encoder ", scores.short(test, tenc))
        print("test:  linear  ", scores.short(test, tlin))
        print("test:  together", json.dumps(scores.all_of(test, mixed(tenc, tlin, conf), conf["escalate"])))
    with open(a.out, "w", encoding="utf-8") as f:
        json.dump(conf, f, indent=1)
        f.write("\n")


if __name__ == "__main__":
    main()
