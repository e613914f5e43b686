"""The linear model that stands in where the encoder can't run: hashed character n-grams, one row of weights a bucket."""
import random
import struct

import numpy as np
import torch
from torch.nn import functional as F

import inputs

CLASSES = [(n, len(c)) for n, c in inputs.HEADS.items()]
WIDTH = sum(c for _, c in CLASSES)


def split(y):
    out, at = {}, 0
    for n, c in CLASSES:
        out[n] = y[..., at:at + c]
        at += c
    return out


def train(rows, epochs=14, rate=0.5, decay=1e-5, smooth=0.05, seed=1):
    """-> weights [2^BUCKETS, WIDTH], bias [WIDTH]."""
    torch.manual_seed(seed)
    random.seed(seed)
    xs = [inputs.features(r) for r in rows]
    want = {n: torch.tensor([inputs.HEADS[n].index(r[n]) for r in rows]) for n in inputs.HEADS}
    w = torch.zeros(1 << inputs.BUCKETS, WIDTH, requires_grad=True)
    b = torch.zeros(WIDTH, requires_grad=True)
    opt = torch.optim.Adagrad([w, b], lr=rate, initial_accumulator_value=0.1)
    order = list(range(len(rows)))
    for epoch in range(epochs):
        random.shuffle(order)
        for k in range(0, len(order), 64):
            part = order[k:k + 64]
            flat = torch.tensor([i for p in part for i in xs[p][0]])
            off = torch.tensor(np.cumsum([0] + [len(xs[p][0]) for p in part[:-1]]))
            val = torch.tensor([v for p in part for v in [xs[p][1]] * len(xs[p][0])], dtype=torch.float32)
            y = F.embedding_bag(flat, w, off, mode="sum", per_sample_weights=val) * 8 + b
            loss = sum(F.cross_entropy(v, want[n][part], label_smoothing=smooth) for n, v in split(y).items())
            loss = loss + decay * w[flat].pow(2).sum() / len(part)
            opt.zero_grad()
            loss.backward()
            opt.step()
    return w.detach().numpy() * 8, b.detach().numpy()


def logits(rows, w, b):
    out = np.empty((len(rows), WIDTH), np.float32)
    for i, r in enumerate(rows):
        k, v = inputs.features(r)
        out[i] = w[k].sum(0) * v + b
    return split(out)


def pack(w, b):
    """-> the file, and the weights as the file holds them."""
    scale = np.abs(w).max(0) / 127
    scale[scale == 0] = 1
    q = np.clip(np.rint(w / scale), -127, 127).astype(np.int8)
    head = b"ADLIN1\n" + struct.pack("<II", inputs.BUCKETS, WIDTH) + b.astype("<f4").tobytes() + scale.astype("<f4").tobytes()
    return head + q.tobytes(), q.astype(np.float32) * scale.astype(np.float32)
