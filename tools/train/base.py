#!/usr/bin/env python3
"""Writes what fine-tuning starts from: weights.npz (float16), tokenizer.tsv, norm.tsv.

    python base.py --out build
"""
import argparse
import os

import numpy as np

import encoder


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--out", required=True)
    a = ap.parse_args()
    os.makedirs(a.out, exist_ok=True)
    m = encoder.load()
    kept, tok = encoder.vocabulary(m)
    with open(os.path.join(a.out, "tokenizer.tsv"), "w", encoding="utf-8", newline="\n") as f:
        f.write("#unk_score\t%.9g\n" % tok.unk_score)
        for i in kept:
            f.write("%s\t%.9g\n" % (m.pieces[i], m.scores[i]))
    with open(os.path.join(a.out, "norm.tsv"), "w", encoding="utf-8", newline="\n") as f:  # code point (hex) TAB those in its place
        for c, r in sorted(m.norm.items()):
            f.write("%X\t%s\n" % (ord(c), " ".join("%X" % ord(x) for x in r)))
    w = {}
    for n in m.dir:
        rows = m.VOC if n == "emb.word" else m.FF if n.split(".")[1] == "fi" else m.H
        w[n] = m.deq(n, rows) if m.dir[n][0] else m.f32(n)
    w["emb.word"] = w["emb.word"][kept]
    np.savez(os.path.join(a.out, "weights.npz"),
             **{k: v.astype(np.float16 if k.endswith(".w") or k == "emb.word" else np.float32) for k, v in w.items()})


if __name__ == "__main__":
    main()
