#!/usr/bin/env python3
"""Fine-tunes the encoder on the corpus and writes its weights with the heads.

    python train.py --base build/weights.npz --vocab build --corpus 'corpus/train-*.jsonl' --out tuned.npz [--test corpus/test.jsonl]

A tenth of the lines, drawn by --seed, is kept apart to choose by (--all 1 trains on it too, for the shipped model).
Emotion's targets lean towards the neighbouring grades, as the grades are ordered; the reason's none is weighed by count.
"""
import argparse
import glob
import json
import random
import sys
import time

import numpy as np
import torch
from torch.nn import functional as F

import encoder
import inputs
import net
import scores


def tokenizer(folder):
    with open(folder + "/tokenizer.tsv", encoding="utf-8") as f:
        unk = float(f.readline().split("\t")[1])
        rows = [l.rstrip("\n").rsplit("\t", 1) for l in f]
    norm = {}
    with open(folder + "/norm.tsv", encoding="utf-8") as f:
        for l in f:
            k, _, v = l.rstrip("\n").partition("\t")
            norm[chr(int(k, 16))] = "".join(chr(int(x, 16)) for x in v.split())
    return encoder.Tokenizer([r[0] for r in rows], [float(r[1]) for r in rows], norm, unk)


def targets(rows, grade_lean, smooth):
    """Soft targets a head."""
    out = {}
    for name, classes in inputs.HEADS.items():
        t = torch.full((len(rows), len(classes)), smooth / len(classes))
        for i, r in enumerate(rows):
            k = classes.index(r[name])
            t[i, k] += 1 - smooth
            if name == "emotion":
                for j in (k - 1, k + 1):
                    if 0 <= j < len(classes):
                        t[i, k] -= grade_lean
                        t[i, j] += grade_lean
        out[name] = t
    return out


def apart(corpus, seed):
    """-> a tenth kept apart, the rest. Corpus is one or more patterns of files, separated by spaces; each pattern's tenth is drawn by
    itself, so that a corpus that grew keeps apart what an earlier run on the first pattern did."""
    dev, rest = [], []
    for pattern in corpus.split():
        rows = inputs.read(sorted(glob.glob(pattern)))
        random.Random(seed).shuffle(rows)
        cut = len(rows) // 10
        dev += rows[:cut]
        rest += rows[cut:]
    return dev, rest


def predict(model, xs, size=64):
    model.eval()
    out = {n: [] for n in inputs.HEADS}
    order = sorted(range(len(xs)), key=lambda i: len(xs[i]))
    with torch.no_grad():
        for k in range(0, len(xs), size):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                y = model(*net.batch([xs[i] for i in order[k:k + size]]))
            for n in out:
                out[n].append(y[n].float())
    back = np.argsort(order)
    return {n: torch.cat(v).numpy()[back] for n, v in out.items()}


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--base", required=True)
    ap.add_argument("--vocab", required=True)
    ap.add_argument("--corpus", required=True)
    ap.add_argument("--test")
    ap.add_argument("--out", required=True)
    ap.add_argument("--start", help="weights of an earlier run to go on from, of the same layers")
    ap.add_argument("--layers", default="0,1,2,3,4,5")
    ap.add_argument("--epochs", type=int, default=8)
    ap.add_argument("--rate", type=float, default=1e-4)
    ap.add_argument("--head-rate", type=float, default=1e-3)
    ap.add_argument("--decay", type=float, default=0.9, help="of the rate from one layer to the one below")
    ap.add_argument("--batch", type=int, default=32)
    ap.add_argument("--drop", type=float, default=0.1)
    ap.add_argument("--lean", type=float, default=0.04)
    ap.add_argument("--smooth", type=float, default=0.05)
    ap.add_argument("--all", type=int, default=0)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--threads", type=int, default=2)
    a = ap.parse_args()
    torch.set_num_threads(a.threads)
    random.seed(a.seed)
    torch.manual_seed(a.seed)
    tok = tokenizer(a.vocab)
    dev, train = apart(a.corpus, a.seed)
    if a.all:
        train = dev + train
    xs, dx = [inputs.ids(tok, r) for r in train], [inputs.ids(tok, r) for r in dev]
    ts = targets(train, a.lean, a.smooth)
    print("%d lines to train on, %d to choose by; tokens: median %d, p95 %d" % (
        len(train), len(dev), np.median([len(x) for x in xs]), np.percentile([len(x) for x in xs], 95)), flush=True)
    kept = [int(x) for x in a.layers.split(",")]
    model = net.Net(a.base, kept, {n: len(c) for n, c in inputs.HEADS.items()}, a.drop)
    if a.start:
        model.resume(a.start)
    groups = [{"params": model.heads.parameters(), "lr": a.head_rate},
              {"params": [model.pos, model.kind, *model.ln.parameters()], "lr": a.rate * a.decay ** len(kept)}]
    groups += [{"params": l.parameters(), "lr": a.rate * a.decay ** (len(kept) - 1 - i)} for i, l in enumerate(model.layers)]
    opt = torch.optim.AdamW(groups, weight_decay=0.01)
    top = [g["lr"] for g in opt.param_groups]
    steps = a.epochs * ((len(train) + a.batch - 1) // a.batch)
    step = 0
    mean = {n: p.detach().clone() for n, p in model.named_parameters() if p.requires_grad}  # running mean of the weights
    for epoch in range(a.epochs):
        model.train()
        began, total = time.time(), 0.0
        order = list(range(len(train)))
        random.shuffle(order)
        chunks = []
        for k in range(0, len(order), a.batch * 20):  # like lengths together, to pad little
            part = sorted(order[k:k + a.batch * 20], key=lambda i: len(xs[i]))
            chunks += [part[j:j + a.batch] for j in range(0, len(part), a.batch)]
        random.shuffle(chunks)
        for part in chunks:
            for g, t in zip(opt.param_groups, top):
                g["lr"] = t * net.rate(step, steps)
            step += 1
            with torch.autocast("cpu", dtype=torch.bfloat16):
                y = model(*net.batch([xs[i] for i in part]))
            loss = sum(F.cross_entropy(y[n].float(), ts[n][part]) for n in y)
            opt.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            opt.step()
            total += loss.item() * len(part)
            with torch.no_grad():
                keep = min(0.998, step / (step + 10))
                for n, p in model.named_parameters():
                    if p.requires_grad:
                        mean[n].lerp_(p, 1 - keep)
        line = "epoch %d: loss %.3f, %d s" % (epoch + 1, total / len(train), time.time() - began)
        if not a.all:
            line += "; apart: " + scores.short(dev, predict(model, dx))
        print(line, flush=True)
    with torch.no_grad():
        for n, p in model.named_parameters():
            if p.requires_grad:
                p.copy_(mean[n])
    print("running mean, apart: " + scores.short(dev, predict(model, dx)))
    if a.test:
        test = inputs.read([a.test])
        print("running mean, test: " + scores.short(test, predict(model, [inputs.ids(tok, r) for r in test])))
    np.savez(a.out, **model.weights(a.base))


if __name__ == "__main__":
    sys.exit(main())
