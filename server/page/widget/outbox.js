// What the customer did and the server has not confirmed. Each item stays on the shelf until then and goes out again with
// the same ID: nothing is lost, nothing is said twice. All tabs share one outbox; a lock lets one of them send at a time.

import { files, ulid } from './store.js';

const ACK_WITHIN = 10_000, STEAL_AFTER = 20_000; // ms
const passing = new Set(['busy', 'retry', 'shutting_down', 'disk_full', 'superseded', 'rate']);

/**
 * Makes the outbox of one customer. changed() is called after every change, upload(item, blob, progress) brings a file up and
 * gives {hash, mime, size, w, h}; settled(item, ack) hears of answers.
 */
export function makeOutbox({ store, link, clock, changed, upload, settled }) {
  const items = new Map(); // ID → {id, n, kind, conv, payload, at, file, failed, sent, events, progress}
  const acks = new Map();  // ID → what its answer resolves
  let pumping = false, closed = false, again = 0;
  const uploading = new Set();
  const done = new Set(); // IDs that the log has: the browser may tell of what another tab stored after the server did
  const channel = typeof BroadcastChannel === 'function' ? new BroadcastChannel(store.prefix + 'outbox') : null;
  const tell = () => { if (channel) channel.postMessage(1); };
  const keep = ({ id, n, kind, conv, payload, at, file, failed }) => store.set('out.' + id, { id, n, kind, conv, payload, at, file, failed });

  function load() {
    const kept = new Set();
    for (const m of store.all('out.')) {
      if (done.has(m.id)) continue;
      kept.add(m.id);
      const have = items.get(m.id);
      if (!have) items.set(m.id, m);
      else if (!uploading.has(m.id)) Object.assign(have, { payload: m.payload, failed: m.failed, file: m.file });
    }
    for (const [id, m] of items) {
      if (kept.has(id) || m.sent || m.own) continue;
      // Another tab had it confirmed: it stays on screen until the log brings it. What had failed was removed by hand.
      if (m.failed || m.kind !== 'post') items.delete(id); else m.sent = true;
    }
  }
  const sorted = () => [...items.values()].sort((a, b) => a.n - b.n || (a.id < b.id ? -1 : 1));
  const ready = () => sorted().find((m) => !m.failed && !m.sent && !m.file);

  function add(kind, payload, { conv = '', file = null } = {}) {
    load();
    const n = Math.max(0, ...[...items.values()].map((m) => m.n)) + 1;
    const m = { id: ulid(), n, kind, conv, payload, at: clock.now() };
    if (file) { m.file = true; files.put(m.id, file); }
    m.own = !keep(m); // in memory only: no other tab knows of it
    items.set(m.id, m);
    tell();
    pump();
    changed();
    return m;
  }

  function remove(id) {
    const m = items.get(id);
    items.delete(id);
    store.del('out.' + id);
    if (m && (m.file || m.hadFile)) files.del(id);
  }

  // ---- sending

  async function locked(fn) {
    if (!navigator.locks || !store.prefix) return fn();
    const name = store.prefix + 'outbox';
    const wait = new AbortController(), timer = setTimeout(() => wait.abort(), STEAL_AFTER);
    try {
      return await navigator.locks.request(name, { signal: wait.signal }, () => { clearTimeout(timer); return fn(); });
    } catch (e) {
      if (!wait.signal.aborted) throw e;
      return navigator.locks.request(name, { steal: true }, fn); // its holder sleeps; a second send of the same ID does no harm
    } finally { clearTimeout(timer); }
  }

  async function pump() {
    lift();
    if (pumping || closed || !link.open || Date.now() < again) return;
    pumping = true;
    try {
      while (!closed && link.open && ready() && Date.now() >= again) {
        await locked(async () => { load(); const m = ready(); if (m && link.open) await send(m); });
      }
    } catch { /* the lock was taken away: the next turn finds what is left */ } finally { pumping = false; }
    changed();
  }

  async function send(m) {
    const answer = new Promise((ok) => acks.set(m.id, ok));
    const { show, ...payload } = m.payload; // what it shows until then is ours
    if (!link.put({ t: 'cmd', id: m.id, kind: m.kind, conv: m.conv || undefined, payload })) {
      acks.delete(m.id);
      pause(400);
      return;
    }
    const timer = setTimeout(() => { const ok = acks.get(m.id); if (ok) { ok(null); link.drop(); } }, ACK_WITHIN);
    const a = await answer;
    clearTimeout(timer);
    acks.delete(m.id);
    if (!a) return; // the link was lost: again after the next welcome
    if (a.ok) {
      store.del('out.' + m.id);
      m.sent = true;
      m.events = a.events || [];
      if (m.kind !== 'post' || done.has(m.id)) remove(m.id);
    } else if (a.err && passing.has(a.err.code)) return pause(1000 + Math.random() * 1000);
    else if (m.kind === 'post') { m.failed = (a.err && a.err.code) || 'invalid'; keep(m); } else remove(m.id);
    settled(m, a);
    tell();
    changed();
  }

  function pause(ms) { again = Date.now() + ms; setTimeout(pump, ms + 20); }

  // ---- files go up side by side with what is said; a picture is sent when it is there

  function lift() {
    if (!link.open || closed) return; // they wait like all else
    for (const m of sorted()) if (m.file && !m.failed && !uploading.has(m.id) && uploading.size < 2) carry(m);
  }
  async function carry(m) {
    uploading.add(m.id);
    m.progress = 0;
    try {
      const run = async () => {
        let blob = await files.get(m.id);
        for (let i = 0; !blob && i < 3; i++) { await new Promise((ok) => setTimeout(ok, 400)); blob = await files.get(m.id); } // another tab may be storing it
        if (!blob) throw Object.assign(new Error('gone'), { code: 'gone' });
        for (let i = 0; ; i++) {
          try { return await upload(m, blob, (p) => { m.progress = p; changed(); }); } catch (e) { if (e.code || i >= 2) throw e; await new Promise((ok) => setTimeout(ok, 1000 * 2 ** i)); }
        }
      };
      const up = navigator.locks ? await navigator.locks.request(store.prefix + 'file.' + m.id, { ifAvailable: true }, (l) => (l ? run() : null)) : await run();
      if (up === null) return; // another tab carries it
      if (!items.has(m.id)) return; // removed meanwhile
      m.payload = { ...m.payload, att: [{ ...up, ...(m.payload.att && m.payload.att[0]) }] };
      m.payload.att[0].hash = up.hash;
      m.file = false;
      m.hadFile = true;
      keep(m);
    } catch (e) {
      if (items.has(m.id) && (e.code || link.open)) { m.failed = e.code || 'upload'; keep(m); } // else it waits for the link
    } finally {
      uploading.delete(m.id);
      tell();
      changed();
      pump();
    }
  }

  const look = () => { if (!closed) { load(); changed(); pump(); } };
  if (channel) channel.onmessage = look;
  // What another tab stored may come after it told of it: then this says that it is there.
  const stored = (e) => { if (e.key && e.key.startsWith(store.prefix + 'out.')) look(); };
  addEventListener('storage', stored);
  load();
  return {
    add, pump, remove, sorted,
    has: (id) => items.has(id),
    get size() { return items.size; },
    /** An event of the log carries this command's ID: it arrived. */
    arrived(id) { done.add(id); if (items.has(id)) { const ok = acks.get(id); if (ok) ok({ ok: true }); remove(id); tell(); } },
    acked(a) { const ok = acks.get(a.id); if (ok) ok(a); },
    lost() { for (const ok of acks.values()) ok(null); acks.clear(); },
    /** The same again, under a new ID where the server refused the old one. */
    async retry(id) {
      const m = items.get(id);
      if (!m) return;
      if (m.file) { m.failed = ''; keep(m); changed(); return pump(); }
      remove(id);
      add(m.kind, m.payload, { conv: m.conv });
    },
    close() { closed = true; removeEventListener('storage', stored); if (channel) channel.close(); },
  };
}
