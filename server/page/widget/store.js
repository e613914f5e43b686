// What this browser keeps. Where it may not keep anything, the chat works in memory as long as the page stays.

/** One customer's shelf in the storage. Values are JSON. */
export function makeStore(prefix) {
  const memory = new Map();
  let box = null;
  try {
    localStorage.setItem(prefix + '?', '1');
    localStorage.removeItem(prefix + '?');
    box = localStorage;
  } catch { /* forbidden, or full: memory it is */ }
  const read = (key) => {
    try { const v = box && box.getItem(prefix + key); if (v != null) return v; } catch { /* taken away meanwhile */ }
    return memory.has(key) ? memory.get(key) : null;
  };
  return {
    prefix,
    get(key) { try { return JSON.parse(read(key)); } catch { return null; } },
    /** False when it is in memory only. */
    set(key, value) {
      const v = JSON.stringify(value);
      try { if (box) { box.setItem(prefix + key, v); memory.delete(key); return true; } } catch { /* full */ }
      memory.set(key, v);
      try { if (box) box.removeItem(prefix + key); } catch { /* an old value would be worse than none */ }
      return false;
    },
    del(key) { memory.delete(key); try { if (box) box.removeItem(prefix + key); } catch { /* nothing to forget */ } },
    /** All values whose keys begin so. */
    all(start) {
      const out = [];
      const keys = new Set([...memory.keys()].filter((k) => k.startsWith(start)));
      try {
        for (let i = 0; box && i < box.length; i++) {
          const k = box.key(i);
          if (k.startsWith(prefix + start)) keys.add(k.slice(prefix.length));
        }
      } catch { /* memory only */ }
      for (const k of keys) { const v = this.get(k); if (v) out.push(v); }
      return out;
    },
  };
}

/** Drops the copies of other customers who used this browser; what they wrote and was not sent stays until they return. */
export function forgetOthers(root, mine) {
  try {
    for (let i = localStorage.length - 1; i >= 0; i--) {
      const k = localStorage.key(i);
      if (k.startsWith(root) && !k.startsWith(mine) && k.endsWith('.copy')) localStorage.removeItem(k);
    }
  } catch { /* nothing is kept */ }
}

// ---- files that wait to be uploaded, in IndexedDB: they outlive a reload, too

const NAME = 'agentdesk-files';
function base() {
  return new Promise((ok, no) => {
    const q = indexedDB.open(NAME, 1);
    q.onupgradeneeded = () => q.result.createObjectStore('files');
    q.onsuccess = () => ok(q.result);
    q.onerror = q.onblocked = () => no(q.error);
  });
}
const held = new Map(), storing = new Map();
async function act(mode, fn) {
  const db = await base();
  try {
    return await new Promise((ok, no) => {
      const tx = db.transaction('files', mode), q = fn(tx.objectStore('files'));
      tx.oncomplete = () => ok(q.result);
      tx.onerror = tx.onabort = () => no(tx.error);
    });
  } finally { db.close(); }
}

/** Blobs by name; in memory where IndexedDB may not be used. */
export const files = {
  async put(name, blob) {
    held.set(name, blob);
    const done = act('readwrite', (s) => s.put(blob, name)).catch(() => {}).then(() => storing.delete(name)); // in memory, where it fails
    storing.set(name, done);
    await done;
  },
  /** What was put a moment ago is given when it is stored: what is done with it may be followed by a reload. */
  async get(name) {
    if (held.has(name)) {
      await Promise.race([storing.get(name), new Promise((ok) => setTimeout(ok, 2000))]);
      return held.get(name) || null;
    }
    try { return (await act('readonly', (s) => s.get(name))) || null; } catch { return null; }
  },
  peek: (name) => held.get(name) || null,
  async del(name) { held.delete(name); try { await act('readwrite', (s) => s.delete(name)); } catch { /* not there */ } },
};

const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
let last = 0;
/** A ULID. Those of one page rise even within a millisecond, and when the clock is set back. */
export function ulid() {
  last = Math.max(Date.now(), last + 1);
  let id = '';
  for (let t = last, i = 0; i < 10; i++) { id = letters[t % 32] + id; t = Math.floor(t / 32); }
  for (const b of crypto.getRandomValues(new Uint8Array(16))) id += letters[b % 32];
  return id;
}

/** Server time. The machine's own clock may be a day off: only the distance to the last told server time counts. */
export function makeClock(store) {
  let offset = Number(store.get('offset')) || 0, kept = offset;
  return {
    now: () => Date.now() + offset,
    tell(server) {
      if (!(server > 0)) return;
      offset = server - Date.now();
      if (Math.abs(offset - kept) > 1000) { kept = offset; store.set('offset', offset); }
    },
  };
}
