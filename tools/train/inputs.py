"""What the models see of a message: the Go side (server/understand) does the same, and golden.json holds both to it."""
import json
import math

EMOTIONS = "delighted calm uncertain anxious dissatisfied angry".split()
INTENTS = ("recommend suitability ingredient usage compare price_promo stock authenticity order_status logistics change_order invoice "
           "payment_issue return_refund exchange damaged_missing adverse_reaction price_protection promise_dispute complaint membership "
           "human_request greeting thanks_bye chitchat out_of_scope").split()
REASONS = ["", "human_request", "adverse_reaction", "angry", "dispute", "anxious", "high_value", "bot_failed", "out_of_policy"]
HEADS = {"emotion": EMOTIONS, "intent": INTENTS, "reason": REASONS}
TOKENS = 64           # of one input
HIGH_BASKET = 500_000  # fen
BUCKETS = 17          # log2 of the linear model's features


def read(paths):
    out = []
    for p in paths:
        with open(p, encoding="utf-8") as f:
            for line in f:
                r = json.loads(line)
                r.setdefault("context", [])
                out.append(r)
    return out


def high(r):
    return r.get("tier", "") in ("platinum", "black") or r.get("basket", 0) >= HIGH_BASKET


def ids(tok, r):
    """Token ids of a message with the turns before it, newest first, at most TOKENS."""
    body = tok.content("query: " + r["text"])
    if len(body) > 40:
        body = body[:28] + body[-12:]
    out = [0] + body
    if high(r):
        out += [2] + tok.content("高价值")
    for t in r["context"][:-5:-1]:
        if len(out) >= TOKENS - 1:
            break
        mark = {"customer": "客：", "bot": "机："}.get(t["role"], "人：")
        out += [2] + tok.content(mark + t["text"])[:16]
    return out[:TOKENS - 1] + [2]


def norm(s):
    out = []
    for c in s:
        if "\uff01" <= c <= "\uff5e":
            c = chr(ord(c) - 0xFEE0)
        c = "i" if c == "\u0130" else c.lower()  # the one letter whose lower case is two in Python and one in Go
        if c in "0123456789":
            c = "0"
        if c.isspace() and not "\x1c" <= c <= "\x1f":  # white space as Unicode has it
            if out and out[-1] == " ":
                continue
            c = " "
        out.append(c)
    s = "^" + "".join(out).strip(" ") + "$"
    return s if len(s) <= 300 else s[:200] + s[-100:]


def fnv(key):
    h = 0x811C9DC5
    for b in key.encode("utf-8"):
        h = ((h ^ b) * 0x01000193) & 0xFFFFFFFF
    return h % (1 << BUCKETS)


def grams(prefix, s, lo, hi):
    return {prefix + s[i:i + n] for n in range(lo, hi + 1) for i in range(len(s) - n + 1)}


def features(r):
    """The linear model's features: buckets that are set, and the value of each."""
    s = norm(r["text"])
    keys = grams("t", s, 1, 4)
    ctx = r["context"]
    if ctx:
        last = ctx[-1]
        keys |= grams("c" if last["role"] == "customer" else "b", norm(last["text"]), 1, 3)
        keys.add("rc" if last["role"] == "customer" else "rb")
        before = [t for t in ctx[:-1] if t["role"] == "customer"]
        if before:
            keys |= grams("d", norm(before[-1]["text"]), 2, 3)
    else:
        keys.add("r0")
    if high(r):
        keys.add("h")
    keys.add("l%d" % min(9, len(s).bit_length()))
    b = sorted({fnv(k) for k in keys})
    return b, 1 / math.sqrt(len(b))
