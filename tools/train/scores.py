"""Scores of logits against labels: macro-F1, recall, F1 of escalation."""
import numpy as np

import inputs


def macro(want, got, classes):
    f = []
    for k in range(classes):
        tp = np.sum((want == k) & (got == k))
        n = np.sum(want == k) + np.sum(got == k)
        if np.sum(want == k):
            f.append(2 * tp / n)
    return float(np.mean(f))


def soft(x):
    e = np.exp(x - x.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def f1(want, got):
    tp = np.sum(want & got)
    return float(2 * tp / max(1, np.sum(want) + np.sum(got)))


def all_of(rows, logits, threshold=0.5):
    want = {n: np.array([c.index(r[n]) for r in rows]) for n, c in inputs.HEADS.items()}
    got = {n: logits[n].argmax(1) for n in inputs.HEADS}
    up = 1 - soft(logits["reason"])[:, 0] > threshold
    anxious = inputs.EMOTIONS.index("anxious")
    is_a = want["emotion"] == anxious
    return {
        "emotion": macro(want["emotion"], got["emotion"], 6),
        "anxious": float(np.mean(got["emotion"][is_a] == anxious)),
        "intent": macro(want["intent"], got["intent"], 26),
        "escalate": f1(want["reason"] > 0, up),
        "reason": macro(want["reason"], got["reason"], 9),
    }


def short(rows, logits):
    return "  ".join("%s %.3f" % kv for kv in all_of(rows, logits).items())
