// This browser's copy of the customer's conversations, fed by rec frames. It can be dropped at any time: the server sends
// it again.

const KEEP = 2000; // events that are stored; older ones come again from the server on another visit

/** Makes the copy of one customer. arrived(id) hears of the command IDs in it, news(event) of what others said. */
export function makeCopy({ store, arrived, news }) {
  let convs = {}, ids = {}, cursor, view, conv = '', timer = 0, dirty = false, catching = true, remind = false;
  const kept = store.get('copy');
  if (kept && kept.v === 2 && kept.convs && typeof kept.convs === 'object') {
    ({ convs, cursor, view } = kept);
    for (const [id, list] of Object.entries(convs)) ids[id] = new Set(list.map((e) => e.id));
  }

  function save() {
    clearTimeout(timer);
    timer = 0;
    if (!dirty) return;
    dirty = false;
    // Events and cursor are one item, so they are stored together or not at all.
    const order = Object.keys(convs).sort((a, b) => end(b) - end(a));
    for (let n = order.length; n > 0; n--) {
      const part = {};
      let count = 0;
      for (const id of order.slice(0, n)) { count += convs[id].length; if (count > KEEP && Object.keys(part).length) break; part[id] = convs[id]; }
      if (count > KEEP && n > 1) continue;
      if (store.set('copy', { v: 2, convs: part, cursor, view })) return;
    }
    store.del('copy'); // too large for this browser: the next hello gets everything anew
  }
  const end = (id) => { const l = convs[id]; return l.length ? l[l.length - 1].q : 0; };
  const later = () => { dirty = true; if (!timer) timer = setTimeout(save, 400); };

  function add(id, events, live) {
    if (!id) return;
    const list = (convs[id] ||= []), have = (ids[id] ||= new Set());
    for (const e of events) {
      if (e.cid) arrived(e.cid);
      if (have.has(e.id)) continue;
      have.add(e.id);
      const before = list[list.length - 1];
      list.push(e);
      if (before && (before.q > e.q || (before.q === e.q && before.i > e.i))) list.sort((a, b) => a.q - b.q || a.i - b.i);
      if (e.t === 'message.recalled') redact(list, e.b && e.b.msg);
      if (e.t === 'conversation.closed' && conv === id) conv = '';
      else if (e.t === 'conversation.opened' && live) conv = id;
      if (live && e.t === 'customer.consented') remind = !!(e.b && e.b.on);
      if (live && e.t === 'message.posted' && e.a.k !== 'customer') news(e);
    }
  }

  function redact(list, msg) {
    const e = list.find((x) => x.id === msg);
    if (!e) return;
    e.b = { kind: e.b.kind, re: e.b.re, gone: true };
    delete e.p;
  }

  return {
    get hello() { return { cursor, view }; },
    /** The open conversation, '' without one. */
    get conv() { return conv; },
    /** Whether the customer is told of offers and refills unasked. */
    get remind() { return remind; },
    /** As chosen just now; the server's word follows. */
    set remind(on) { remind = on; },
    get convs() { return convs; },
    get empty() { return !Object.keys(convs).length; },
    welcome(f) {
      if (f.resume === 'reset') { convs = {}; ids = {}; cursor = undefined; }
      view = f.view;
      remind = !!(f.guest && f.guest.remind);
      conv = (f.guest && f.guest.conv) || '';
      catching = true;
      later();
    },
    record(f) {
      for (const c of f.enter || []) {
        if (!c.part) { convs[c.id] = []; ids[c.id] = new Set(); }
        add(c.id, c.ev || [], false);
      }
      for (const e of f.ev || []) add(e.c, [e], true);
      for (const id of f.leave || []) { delete convs[id]; delete ids[id]; }
      if (f.more) return;
      cursor = f.cursor;
      catching = false;
      if ((f.ev && f.ev.length) || (f.enter && f.enter.length) || (f.leave && f.leave.length)) later(); else dirty = true;
    },
    opened(id) { conv = id; },
    /** Whether what comes is old news still. */
    get catching() { return catching; },
    save,
  };
}
