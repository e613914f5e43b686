// Uploaded files: sent with the customer's token, fetched with it, and shown through blob URLs, so that no address of a
// file opens it for somebody else.

const cache = new Map(); // hash → promise of a blob URL
const order = [];
const HELD = 80; // blob URLs at once

function hold(hash, promise) {
  cache.set(hash, promise);
  order.push(hash);
  while (order.length > HELD) {
    const old = order.shift(), p = cache.get(old);
    cache.delete(old);
    if (p) p.then((u) => URL.revokeObjectURL(u), () => {});
  }
  return promise;
}

/** The blob URL of a stored file. Fails with the status when the server does not give it. */
export function fileURL({ conf, session }, hash) {
  if (cache.has(hash)) return cache.get(hash);
  if (!/^[0-9a-f]{64}$/.test(hash)) return Promise.reject(new Error('no hash'));
  const get = async () => {
    const who = await session.get();
    const res = await fetch(conf.base + 'files/' + hash, { headers: { Authorization: 'Bearer ' + who.token }, signal: AbortSignal.timeout(60_000) });
    if (!res.ok) throw new Error('file ' + res.status);
    return URL.createObjectURL(await res.blob());
  };
  const p = get();
  p.catch(() => cache.delete(hash)); // another try may do better
  return hold(hash, p);
}

/** Remembers a file that this page sent itself. */
export function knowFile(hash, blob) { if (!cache.has(hash)) hold(hash, Promise.resolve(URL.createObjectURL(blob))); }

/** Sends a file. progress hears of the share sent, 0…1. Fails with {code} when the server refuses it, without one else. */
export async function sendFile({ conf, session }, blob, progress) {
  const who = await session.get();
  return new Promise((ok, no) => {
    const x = new XMLHttpRequest();
    x.open('POST', conf.base + 'api/uploads');
    x.setRequestHeader('Authorization', 'Bearer ' + who.token);
    x.setRequestHeader('Content-Type', blob.type || 'application/octet-stream');
    x.timeout = 120_000;
    x.upload.onprogress = (e) => { if (e.lengthComputable) progress(e.loaded / e.total); };
    x.onload = () => {
      let body = null;
      try { body = JSON.parse(x.responseText); } catch { /* told by the status */ }
      if (x.status === 200 && body && body.hash) { knowFile(body.hash, blob); ok(body); return; }
      const code = body && body.code;
      if (x.status === 401) session.spoil();
      no(Object.assign(new Error('upload ' + x.status), code && x.status < 500 && x.status !== 429 && x.status !== 401 ? { code } : {}));
    };
    x.onerror = x.ontimeout = x.onabort = () => no(new Error('upload broke off'));
    x.send(blob);
  });
}

/** Asks the shop: orders, cart, coupons. Fails with {code}. */
export async function askShop({ conf, session }, path, body) {
  let res;
  try {
    const who = await session.get();
    res = await fetch(conf.base + 'api/shop/' + path, {
      method: body ? 'POST' : 'GET', headers: { Authorization: 'Bearer ' + who.token, ...(body && { 'Content-Type': 'application/json' }) },
      body: body && JSON.stringify(body), signal: AbortSignal.timeout(10_000),
    });
  } catch { throw Object.assign(new Error('no connection'), { code: 'net' }); }
  const out = await res.json().catch(() => ({}));
  if (!res.ok) throw Object.assign(new Error(path + ' ' + res.status), { code: out.code || 'any' });
  return out;
}
