// The connection: a token, a socket, and coming back when either is lost. docs/protocol.md has the frames.

const HELLO_WITHIN = 10_000, ANSWER_WITHIN = 12_000, BEAT = 10_000, SLEPT = 30_000; // ms

/** Gets a token: of whom the page names, of the visitor that this browser knows, or of a new one. */
export function makeSession({ conf, root, clock }) {
  let visitor = root.get('visitor');
  const post = async (body) => {
    const res = await fetch(conf.base + 'api/visitor', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body), signal: AbortSignal.timeout(10_000) });
    if (!res.ok) throw new Error('visitor ' + res.status);
    return res.json();
  };
  async function fresh() {
    if (conf.session) {
      const res = await fetch(conf.session, { signal: AbortSignal.timeout(10_000), cache: 'no-store' });
      if (!res.ok) throw new Error('session ' + res.status);
      return res.json();
    }
    if (conf.customer) return post({ customer: conf.customer, proof: conf.proof || undefined, page: conf.page });
    return post({ token: visitor ? visitor.token : undefined, page: conf.page });
  }
  const good = (v) => v && v.token && v.expires > clock.now() + 3_600_000 && (!conf.customer || v.customer === conf.customer);
  return {
    get who() { return good(visitor) || !conf.customer ? visitor : { customer: conf.customer }; },
    spoil() { visitor = visitor && { ...visitor, expires: 0 }; root.set('visitor', visitor); },
    forget() { visitor = null; root.del('visitor'); },
    async get() {
      if (good(visitor)) return visitor;
      const take = async () => {
        if (!conf.session && !conf.customer) { const other = root.get('visitor'); if (good(other)) return other; } // another tab was first
        const v = await fresh();
        return { token: v.token, customer: v.customer, expires: v.expires, name: v.name || '' };
      };
      visitor = navigator.locks ? await navigator.locks.request(root.prefix + 'visitor', take) : await take();
      root.set('visitor', visitor);
      return visitor;
    },
  };
}

/**
 * Keeps a socket. hooks: hello() gives the first frame's fields, frame(f) takes one, state() hears of changes.
 * state is '' before connect, then 'connecting', 'open', 'lost' or 'stopped'.
 */
export function makeLink({ conf, session, clock, hooks }) {
  let ws = null, state = '', tries = 0, timer = 0, refused = 0, heard = 0, asked = 0, ticked = 0, wanted = false, bucket = 15, filled = 0;
  const set = (s) => { if (s !== state) { state = s; hooks.state(s); } };

  async function connect() {
    wanted = true;
    clearTimeout(timer);
    if (ws) return;
    if (state !== 'lost') set('connecting');
    const mine = (ws = {}); // taken, so that a second call does not race this one
    let who;
    try { who = await session.get(); } catch { if (ws === mine) { ws = null; later(); } return; }
    if (ws !== mine) return;
    let s;
    try { s = new WebSocket(conf.socket); } catch { ws = null; return later(); }
    ws = s;
    const opening = setTimeout(() => lose(s, 4005), HELLO_WITHIN);
    s.onopen = () => s.send(JSON.stringify({ t: 'hello', v: 1, token: who.token, lang: conf.lang === 'zh' ? 'zh-CN' : 'en', device: 'web', ...hooks.hello(who) }));
    s.onmessage = (e) => {
      if (ws !== s) return;
      heard = performance.now();
      let f;
      try { f = JSON.parse(e.data); } catch { return; }
      if (f.now) clock.tell(f.now);
      if (f.t === 'beat') return;
      if (f.t === 'welcome') { clearTimeout(opening); tries = refused = 0; bucket = 15; hooks.frame(f); set('open'); return; }
      hooks.frame(f);
    };
    s.onclose = (e) => { clearTimeout(opening); lose(s, e.code); };
  }

  function lose(s, code) {
    if (ws !== s) return;
    ws = null;
    try { if (s.close) s.close(); } catch { /* closed */ }
    if (code === 4003) session.spoil();
    else if (code === 4101 && refused++ < 1) session.forget();
    else if (code >= 4100 && code < 4200) return set('stopped');
    later();
  }

  // Full jitter under a bound that doubles to 30 s. The first try comes soon: most cuts are short.
  function later() {
    if (!wanted) return;
    set('lost');
    const bound = Math.min(30_000, 500 * 2 ** Math.min(tries++, 6));
    clearTimeout(timer);
    timer = setTimeout(connect, 100 + Math.random() * bound);
  }

  function ask() {
    if (state !== 'open' || !ws) return;
    const s = ws, at = performance.now();
    asked = at;
    put({ t: 'beat', sent: Date.now() });
    setTimeout(() => { if (ws === s && heard < at) lose(s, 4005); }, ANSWER_WITHIN);
  }

  // A customer may send five frames a second, twenty at once: stay below.
  function put(f) {
    const t = performance.now();
    bucket = Math.min(15, bucket + (t - filled) / 250);
    filled = t;
    if (state !== 'open' || !ws || ws.readyState !== 1) return false;
    if (bucket < 1 && f.t !== 'beat') return false;
    bucket--;
    ws.send(JSON.stringify(f));
    return true;
  }

  // A browser does not show a page the server's pings, so the chat asks and listens itself. A gap between two ticks means
  // that the machine slept: whatever the socket says, it is asked at once.
  const tick = () => {
    const t = Date.now(), slept = ticked && t - ticked > SLEPT;
    ticked = t;
    if (slept && state === 'lost') { tries = 0; connect(); } else if (slept || performance.now() - asked >= BEAT - 500) ask();
  };
  setInterval(tick, BEAT);
  const wake = () => { if (document.hidden || !wanted) return; if (state === 'lost') { tries = 0; connect(); } else if (performance.now() - heard > BEAT) ask(); };
  document.addEventListener('visibilitychange', wake);
  addEventListener('pageshow', wake);
  addEventListener('online', wake);
  addEventListener('offline', () => { if (ws && ws.close) lose(ws, 4005); });

  return {
    connect, put,
    get state() { return state; },
    get open() { return state === 'open'; },
    /** Cuts the socket and comes back. */
    drop() { if (ws && ws.close) lose(ws, 4005); },
    again() { tries = refused = 0; if (state === 'stopped') set('lost'); connect(); },
  };
}
