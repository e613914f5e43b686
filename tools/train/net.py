"""The encoder in PyTorch, read from encoder.py's weights.npz, with heads on its mean vector."""
import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

WIDTH, HEADS, EPS = 384, 12, 1e-12


class Layer(nn.Module):
    def __init__(self, drop):
        super().__init__()
        self.q, self.k, self.v, self.ao = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.fi, self.fo = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)
        self.aln, self.oln = nn.LayerNorm(WIDTH, EPS), nn.LayerNorm(WIDTH, EPS)
        self.drop = drop

    def forward(self, x, mask):
        b, s, _ = x.shape
        q, k, v = (f(x).view(b, s, HEADS, -1).transpose(1, 2) for f in (self.q, self.k, self.v))
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, dropout_p=self.drop if self.training else 0)
        y = self.ao(y.transpose(1, 2).reshape(b, s, WIDTH))
        x = self.aln(x + F.dropout(y, self.drop, self.training))
        return self.oln(x + F.dropout(self.fo(F.gelu(self.fi(x))), self.drop, self.training))


class Net(nn.Module):
    """layers: which of the twelve are kept, in order. heads: name -> number of classes."""

    def __init__(self, npz, layers, heads, drop=0.1):
        super().__init__()
        w = np.load(npz)
        t = lambda n: torch.tensor(w[n].astype(np.float32))
        self.kept = layers
        self.word = nn.Embedding.from_pretrained(t("emb.word"), freeze=True)
        self.pos = nn.Parameter(t("emb.pos").view(-1, WIDTH)[:128].clone())
        self.kind = nn.Parameter(t("emb.type").view(-1, WIDTH)[0].clone())
        self.ln = nn.LayerNorm(WIDTH, EPS)
        self.layers = nn.ModuleList(Layer(drop) for _ in layers)
        self.heads = nn.ModuleDict({n: nn.Linear(WIDTH, c) for n, c in heads.items()})
        self.drop = drop
        with torch.no_grad():
            self.ln.weight.copy_(t("emb.ln.w"))
            self.ln.bias.copy_(t("emb.ln.b"))
            for l, i in zip(self.layers, layers):
                for n in ("q", "k", "v", "ao", "fi", "fo", "aln", "oln"):
                    m = getattr(l, n)
                    m.weight.copy_(t("l%d.%s.w" % (i, n)).view_as(m.weight))
                    m.bias.copy_(t("l%d.%s.b" % (i, n)))
            for h in self.heads.values():
                nn.init.normal_(h.weight, std=0.02)
                nn.init.zeros_(h.bias)

    def forward(self, ids, mask):
        x = self.ln(self.word(ids) + self.pos[: ids.shape[1]] + self.kind)
        x = F.dropout(x, self.drop, self.training)
        bias = torch.zeros(mask.shape, dtype=x.dtype).masked_fill(mask == 0, -1e9)[:, None, None, :]
        for l in self.layers:
            x = l(x, bias)
        m = mask[..., None].to(x.dtype)
        mean = (x * m).sum(1) / m.sum(1)
        z = F.dropout(mean, self.drop, self.training)
        return {n: h(z) for n, h in self.heads.items()}

    def resume(self, path):
        """Takes what weights() of an earlier run gave."""
        w = np.load(path)
        t = lambda n: torch.tensor(w[n])
        with torch.no_grad():
            self.pos.copy_(t("emb.pos")[: len(self.pos)])
            self.kind.copy_(t("emb.type"))
            self.ln.weight.copy_(t("emb.ln.w"))
            self.ln.bias.copy_(t("emb.ln.b"))
            for i, l in enumerate(self.layers):
                for n in ("q", "k", "v", "ao", "fi", "fo", "aln", "oln"):
                    m = getattr(l, n)
                    m.weight.copy_(t("l%d.%s.w" % (i, n)))
                    m.bias.copy_(t("l%d.%s.b" % (i, n)))
            for n, h in self.heads.items():
                h.weight.copy_(t("head.%s.w" % n))
                h.bias.copy_(t("head.%s.b" % n))

    def weights(self, npz):
        """Arrays by encoder.py's names, layers counted anew from 0."""
        w = np.load(npz)
        pos = w["emb.pos"].astype(np.float32).reshape(-1, WIDTH).copy()
        pos[:128] = self.pos.detach().numpy()
        out = {"emb.pos": pos, "emb.type": self.kind.detach().numpy(), "emb.ln.w": self.ln.weight, "emb.ln.b": self.ln.bias}
        for i, l in enumerate(self.layers):
            for n in ("q", "k", "v", "ao", "fi", "fo", "aln", "oln"):
                m = getattr(l, n)
                out["l%d.%s.w" % (i, n)], out["l%d.%s.b" % (i, n)] = m.weight, m.bias
        for n, h in self.heads.items():
            out["head.%s.w" % n], out["head.%s.b" % n] = h.weight, h.bias
        return {k: v.detach().numpy().astype(np.float32) if torch.is_tensor(v) else np.asarray(v, np.float32) for k, v in out.items()}


def batch(rows):
    """Pads lists of ids."""
    n = max(map(len, rows))
    ids = torch.ones(len(rows), n, dtype=torch.long)
    mask = torch.zeros(len(rows), n, dtype=torch.long)
    for i, r in enumerate(rows):
        ids[i, : len(r)] = torch.tensor(r)
        mask[i, : len(r)] = 1
    return ids, mask


def rate(step, total, warm=0.08):
    """Share of the learning rate: up in a line, down in a cosine."""
    p = step / total
    return p / warm if p < warm else 0.5 * (1 + math.cos(math.pi * (p - warm) / (1 - warm)))
