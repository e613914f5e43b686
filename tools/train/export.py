#!/usr/bin/env python3
"""Puts the model together for the product: encoder.onnx (int8), linear.bin, model.json, tokenizer, golden.json.

    python export.py --base build --tuned tuned.npz [--apart apart.json] --corpus 'corpus/train-*.jsonl' --out assets/model

--apart is what choose.py found on lines kept apart: temperatures, the linear model's weight, the threshold of escalation.
"""
import argparse
import glob
import hashlib
import json
import os
import shutil
import tempfile

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto as TP
from onnxruntime.quantization import QuantType, quantize_dynamic

import encoder
import inputs
import linear
import train


def graph(weights, path):
    """The int8 graph: linear layers per channel, the embedding table in the wheel's own 4-bit blocks, heads as they are."""
    m = encoder.load()
    kept, _ = encoder.vocabulary(m)
    m.over = dict(np.load(weights))
    m.NL = 1 + max(int(k[1:].split(".")[0]) for k in m.over if k[0] == "l" and k[1].isdigit())
    with tempfile.TemporaryDirectory() as tmp:
        raw = os.path.join(tmp, "raw.onnx")
        onnx.save(encoder.build(m, kept, True, set()), raw)
        heads = [n.name for n in onnx.load(raw).graph.node if n.op_type == "MatMul" and "head." in "".join(n.input)]
        # 7 bits of weights: processors without VNNI add two 8-bit products in 16 bits, which would overflow.
        quantize_dynamic(raw, path, per_channel=True, reduce_range=True, weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul"], nodes_to_exclude=heads,
                         extra_options={"MatMulConstBOnly": True, "DefaultTensorType": TP.FLOAT})


def run(session, ids):
    x = np.array([ids], np.int64)
    y = session.run(list(inputs.HEADS), {"input_ids": x, "attention_mask": np.ones_like(x)})
    return {n: v[0] for n, v in zip(inputs.HEADS, y)}


def session(path):
    o = ort.SessionOptions()
    o.intra_op_num_threads = 1
    return ort.InferenceSession(path, o)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--base", required=True)
    ap.add_argument("--tuned", required=True)
    ap.add_argument("--apart")
    ap.add_argument("--corpus", required=True)
    ap.add_argument("--out", required=True)
    a = ap.parse_args()
    os.makedirs(a.out, exist_ok=True)
    at = lambda n: os.path.join(a.out, n)
    graph(a.tuned, at("encoder.onnx"))
    for n in ("tokenizer.tsv", "norm.tsv"):
        shutil.copyfile(os.path.join(a.base, n), at(n))
    rows = inputs.read([f for pattern in a.corpus.split() for f in sorted(glob.glob(pattern))])
    data, w = linear.pack(*linear.train(rows))
    with open(at("linear.bin"), "wb") as f:
        f.write(data)
    bias = np.frombuffer(data, "<f4", linear.WIDTH, 15)
    conf = {"version": 1, "emotions": inputs.EMOTIONS, "intents": inputs.INTENTS, "reasons": inputs.REASONS, "tokens": inputs.TOKENS,
            "temperature": {n: 1 for n in inputs.HEADS}, "linear_temperature": {n: 1 for n in inputs.HEADS},
            "mix": {n: 0 for n in inputs.HEADS}, "escalate": 0.5, "linear_escalate": 0.5}
    if a.apart:
        with open(a.apart, encoding="utf-8") as f:
            conf.update(json.load(f))
    conf["sha256"] = {n: hashlib.sha256(open(at(n), "rb").read()).hexdigest() for n in ("encoder.onnx", "linear.bin", "tokenizer.tsv", "norm.tsv")}
    with open(at("model.json"), "w", encoding="utf-8") as f:
        json.dump(conf, f, ensure_ascii=False, indent=1)
        f.write("\n")
    tok, s, gold = train.tokenizer(a.base), session(at("encoder.onnx")), []
    for r in rows[:: max(1, len(rows) // 60)]:
        ids = inputs.ids(tok, r)
        g = {k: r[k] for k in ("context", "tier", "basket", "text") if k in r}
        g["ids"] = ids
        g.update({n: [round(float(x), 5) for x in v] for n, v in run(s, ids).items()})
        g["linear"] = {n: [round(float(x), 5) for x in v[0]] for n, v in linear.logits([r], w, bias).items()}
        gold.append(g)
    with open(at("golden.json"), "w", encoding="utf-8") as f:
        json.dump(gold, f, ensure_ascii=False, indent=0)
        f.write("\n")


if __name__ == "__main__":
    main()
