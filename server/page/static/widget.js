// The chat widget: a small client of docs/protocol.md. What the customer wrote is kept in localStorage under its own key
// until the server has it, and is sent again with the same ID: nothing is lost, nothing appears twice.
'use strict';
(() => {
const query = new URLSearchParams(location.search);
const as = query.get('as') || '';
const en = (query.get('lang') || '').startsWith('en');
const words = {
  open: ['咨询顾问', 'Chat with us'], collapse: ['收起', 'Collapse'], title: ['澄屿在线顾问', 'CHENGYU chat'],
  bot: ['智能助手小澄', 'Assistant Xiaocheng'], botLine: ['智能助手在线，随时为您解答', 'The assistant is online'],
  waiting: ['正在为您请顾问', 'Calling an advisor for you'], waitLine: ['通常 30 秒内接入', 'Usually within 30 seconds'],
  human: ['{name}，护肤顾问', '{name}, skin advisor'], humanLine: ['真人服务中，通常 30 秒内回复', 'In person, usually replies within 30 seconds'],
  advisor: ['顾问', 'Advisor'], hello: ['您好，我是智能助手小澄。商品、成分、订单、售后都可以问我。', 'Hello, I am the assistant. Ask me about products, ingredients, orders or returns.'],
  took: ['{name} {n} 秒接入，已看到以上对话', '{name} joined after {n} s and has seen the chat above'],
  tookNow: ['{name} 已接入，已看到以上对话', '{name} joined and has seen the chat above'],
  place: ['您前面还有 {n} 位，顾问马上就来', '{n} ahead of you; an advisor will be here soon'],
  next: ['您是下一位，顾问马上就来', 'You are next; an advisor will be here soon'],
  handed: ['接下来由智能助手继续为您服务', 'The assistant takes over from here'],
  transfer: ['正在为您转接{name}', 'Passing you on to {name}'], transferTo: ['更合适的顾问', 'a better suited advisor'],
  closed: ['本次对话已结束，继续发消息会开始新的对话', 'This chat has ended; write again to begin another'],
  idle: ['长时间没有消息，对话已结束', 'The chat ended after a long silence'], notice: ['系统通知', 'Notice'],
  typing: ['{name}正在输入', '{name} is typing'], write: ['说说您的情况', 'Tell us about it'], send: ['发送', 'Send'],
  picture: ['发送图片', 'Send a picture'], note: ['对话由智能助手与真人顾问共同提供', 'Answers come from an assistant and from people'],
  sending: ['发送中', 'Sending'], unsent: ['未发送，连上后自动重发', 'Not sent yet; will be sent when connected'],
  failed: ['没有发出', 'Not sent'], drop: ['删除', 'Remove'], edit: ['重新编辑', 'Edit'], read: ['已读', 'Read'],
  lost: ['连接断开，正在重新连接…', 'Connection lost, reconnecting…'], stopped: ['连接已停止', 'Disconnected'], again: ['重新连接', 'Reconnect'],
  tooLong: ['文字太长，请分几次发送', 'The text is too long; send it in parts'], badFile: ['图片没有上传成功', 'The picture was not uploaded'],
  full: ['本机存储已满，消息可能在刷新后丢失', 'Local storage is full: messages may be lost on reload'],
  from: ['依据', 'Source'], file: ['[附件]', '[attachment]'],
};
const say = (key, args = {}) => words[key][en ? 1 : 0].replace(/\{(\w+)\}/g, (_, k) => args[k] ?? '');

// ---- what this browser keeps
const space = 'cy.' + (as || 'me') + '.';
const outSpace = space + 'out.';
let bar = '';
const keep = (key, value) => {
  try { localStorage.setItem(space + key, JSON.stringify(value)); return true; } catch { return false; }
};
const kept = (key) => { try { return JSON.parse(localStorage.getItem(space + key)); } catch { return null; } };
const forget = (key) => { try { localStorage.removeItem(space + key); } catch { /* no storage: nothing to forget */ } };

let visitor = kept('visitor');                    // {token, customer}
let copy = kept('copy');                          // {cursor, view, convs: {id: [event…]}}
if (!copy || typeof copy.convs !== 'object' || !copy.convs) copy = { convs: {} };
const outbox = new Map();                         // command ID → {id, payload, failed?}
const loadOutbox = () => {
  try {
    for (let i = 0; i < localStorage.length; i++) {
      const key = localStorage.key(i);
      if (!key.startsWith(outSpace)) continue;
      try { const m = JSON.parse(localStorage.getItem(key)); if (m && m.id && !outbox.has(m.id)) outbox.set(m.id, m); } catch { /* not ours */ }
    }
  } catch { /* no storage */ }
};
const waiting = () => [...outbox.values()].filter((m) => !m.failed).sort((a, b) => (a.id < b.id ? -1 : 1));
const settle = (id) => { outbox.delete(id); forget('out.' + id); if (flying === id) flying = ''; };

// ULIDs of one page rise even within a millisecond, so that the outbox keeps the order of writing.
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
let lastMS = 0;
const ulid = () => {
  lastMS = Math.max(Date.now(), lastMS + 1);
  let id = '';
  for (let t = lastMS, i = 0; i < 10; i++) { id = letters[t % 32] + id; t = Math.floor(t / 32); }
  for (const b of crypto.getRandomValues(new Uint8Array(16))) id += letters[b % 32];
  return id;
};

// ---- the connection
let socket = null, ready = false, flying = '', tries = 0, heard = 0, conv = '', badTokens = 0, retryAt = 0;
let timer = 0, flightTimer = 0;

async function enter() {
  const body = { page: document.body.dataset.page || '' };
  if (as) body.customer = as; else if (visitor) body.token = visitor.token;
  const res = await fetch('/api/visitor', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body), signal: AbortSignal.timeout(10000) });
  if (!res.ok) throw new Error('visitor ' + res.status);
  const got = await res.json();
  if (visitor && visitor.customer !== got.customer) copy = { convs: {} }; // another person: their copy is not ours
  visitor = { token: got.token, customer: got.customer, expires: got.expires };
  keep('visitor', visitor);
}

async function connect() {
  clearTimeout(timer);
  if (socket) return;
  socket = {}; // taken, so that a second call does not race this one
  try {
    if (!visitor || !(visitor.expires > Date.now() + 60000)) await enter();
  } catch { socket = null; return later(); }
  const ws = new WebSocket((location.protocol === 'https:' ? 'wss://' : 'ws://') + location.host + '/ws/customer');
  socket = ws;
  const opening = setTimeout(() => ws.close(), 10000);
  ws.onopen = () => ws.send(JSON.stringify({ t: 'hello', v: 1, token: visitor.token, cursor: copy.cursor, view: copy.view, lang: en ? 'en' : 'zh-CN', device: 'web' }));
  ws.onmessage = (e) => {
    heard = Date.now();
    let f;
    try { f = JSON.parse(e.data); } catch { return; }
    if (f.t === 'welcome') clearTimeout(opening);
    if (ws === socket) take(f);
  };
  ws.onclose = (e) => { clearTimeout(opening); if (ws === socket) gone(e.code); };
}

function gone(code) {
  socket = null; ready = false; flying = ''; clearTimeout(flightTimer); typist = null;
  if (code === 4003) { if (visitor) visitor.expires = 0; }
  else if (code === 4101 && badTokens++ < 1) { visitor = null; forget('visitor'); }
  else if (code >= 4100 && code < 4200) { bar = 'stopped'; return draw(); }
  later();
}

// Full jitter under a bound that doubles to 30 s.
function later() {
  const bound = Math.min(30000, 500 * 2 ** Math.min(tries++, 6));
  bar = 'lost'; draw();
  clearTimeout(timer);
  timer = setTimeout(connect, 200 + Math.random() * bound);
}

const put = (f) => { if (socket && socket.readyState === 1) socket.send(JSON.stringify(f)); };

function take(f) {
  switch (f.t) {
    case 'welcome':
      tries = 0; badTokens = 0; bar = ''; ready = true; conv = (f.guest && f.guest.conv) || '';
      if (f.resume === 'reset') copy = { convs: {} };
      copy.view = f.view;
      loadOutbox(); pump(); break;
    case 'rec': record(f); break;
    case 'ack': acked(f); break;
    case 'live':
      if (f.kind === 'typing' && (!f.actor || f.actor.k !== 'customer')) {
        typist = f.on ? { kind: f.actor ? f.actor.k : 'agent' } : null;
        clearTimeout(typistTimer); typistTimer = setTimeout(() => { typist = null; draw(); }, 6000);
      }
      break;
    default: return;
  }
  draw();
}

function record(f) {
  for (const c of f.enter || []) {
    if (!c.part) copy.convs[c.id] = [];
    add(c.id, c.ev || []);
  }
  for (const e of f.ev || []) add(e.c, [e]);
  for (const id of f.leave || []) delete copy.convs[id];
  if (!f.more) { copy.cursor = f.cursor; save(); }
  markRead();
}

function add(id, events) {
  if (!id) return;
  const list = (copy.convs[id] ||= []);
  for (const e of events) {
    if (e.cid) settle(e.cid);
    if (!list.some((x) => x.id === e.id)) list.push(e);
    if (e.t === 'message.posted' && e.a.k !== 'customer') typist = null;
    if (e.t === 'conversation.closed' && conv === id) conv = ''; else if (e.t === 'conversation.opened') conv = id;
  }
  list.sort((a, b) => a.q - b.q || a.i - b.i);
}

// Events and cursor are one item, so they are stored together or not at all. Old conversations go first when space is short.
function save() {
  for (;;) {
    if (keep('copy', copy)) return;
    const ids = Object.keys(copy.convs).sort((a, b) => last(a) - last(b));
    if (ids.length < 2) { forget('copy'); return; } // the next hello gets everything anew
    delete copy.convs[ids[0]];
  }
}
const last = (id) => { const l = copy.convs[id]; return l.length ? l[l.length - 1].q : 0; };

// One at a time: the order of writing is the order of the chat, whatever is refused for now.
function pump() {
  if (!ready || flying || Date.now() < retryAt) return;
  const m = waiting()[0];
  if (!m) return;
  flying = m.id;
  put({ t: 'cmd', id: m.id, kind: 'post', payload: m.payload });
  clearTimeout(flightTimer);
  flightTimer = setTimeout(() => { if (socket && socket.close) socket.close(); }, 10000);
}

const passing = new Set(['busy', 'retry', 'shutting_down', 'disk_full', 'superseded']);
function acked(a) {
  if (a.id !== flying && !outbox.has(a.id)) return; // of a read mark
  clearTimeout(flightTimer);
  if (flying === a.id) flying = '';
  const m = outbox.get(a.id);
  if (a.ok) {
    // The event follows in a rec frame; until then the text stays on screen as sent.
    if (m) { m.sent = true; m.events = a.events || []; forget('out.' + a.id); outbox.delete(a.id); delivered.set(a.id, m); }
    if (a.conv) conv = a.conv;
    pump();
  } else if (a.err && passing.has(a.err.code)) {
    retryAt = Date.now() + 1000 + Math.random() * 1000;
    setTimeout(pump, 2100);
  } else if (m) {
    m.failed = (a.err && a.err.code) || 'invalid'; keep('out.' + m.id, m); pump();
  }
}
const delivered = new Map();

function post(payload) {
  const m = { id: ulid(), payload };
  outbox.set(m.id, m);
  if (!keep('out.' + m.id, m)) bar = 'full';
  pump(); draw(true);
}

// ---- reading
let marked = '';
function markRead() {
  if (!ready || !conv || panel.hidden || document.hidden) return;
  const theirs = (copy.convs[conv] || []).filter((e) => e.t === 'message.posted' && e.a.k !== 'customer');
  const e = theirs[theirs.length - 1];
  if (!e || e.id === marked) return;
  marked = e.id;
  put({ t: 'cmd', id: ulid(), kind: 'read', conv, payload: { upto: e.id } });
}

// ---- drawing: text nodes only, whatever a message holds
const el = (tag, cls, text) => { const n = document.createElement(tag); if (cls) n.className = cls; if (text) n.textContent = text; return n; };
const icon = (d) => {
  const ns = 'http://www.w3.org/2000/svg', s = document.createElementNS(ns, 'svg'), p = document.createElementNS(ns, 'path');
  for (const [k, v] of Object.entries({ width: 18, height: 18, viewBox: '0 0 20 20', fill: 'none', stroke: 'currentColor', 'stroke-width': 1.6, 'stroke-linecap': 'round', 'stroke-linejoin': 'round', 'aria-hidden': 'true' })) s.setAttribute(k, v);
  p.setAttribute('d', d); s.append(p); return s;
};
const icons = {
  bot: 'M3.5 9A2.5 2.5 0 0 1 6 6.500h8A2.500 2.500 0 0 1 16.500 9v4a2.500 2.500 0 0 1-2.500 2.500H6A2.500 2.500 0 0 1 3.500 13zM10 6.500V3.500M8.500 3.500h3M1.800 10v3M18.200 10v3M8 13.500h4M7.500 10.300h.01M12.500 10.300h.01',
  down: 'M5.500 8l4.500 4.500L14.500 8', send: 'M3.500 10L16.500 4l-4 12.500-3-5z',
  picture: 'M3 6a2 2 0 0 1 2-2h10a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2zM3.500 14.500l4-3.800 3 2.700 2.500-2.200 3.500 3.300M7.300 8h.01',
};
const button = (cls, label, pic) => { const b = el('button', cls); b.type = 'button'; b.setAttribute('aria-label', label); b.title = label; b.append(icon(pic)); return b; };
const avatar = (kind, name) => { const a = el('span', 'cyw-av' + (kind === 'bot' ? ' bot' : '')); a.setAttribute('aria-hidden', 'true'); if (kind === 'bot') a.append(icon(icons.bot)); else a.textContent = (name || say('advisor')).slice(0, 1); return a; };

const panel = el('section', 'cyw'), head = el('header', 'cyw-head'), barBox = el('div', 'cyw-bar'), log = el('div', 'cyw-log'), quickBox = el('div', 'cyw-quick');
const foot = el('div', 'cyw-foot'), row = el('div', 'cyw-row'), text = el('textarea'), opener = el('button', 'cyw-open', say('open'));
const sendButton = button('send', say('send'), icons.send), pictureButton = button('', say('picture'), icons.picture), file = el('input');
const downButton = button('', say('collapse'), icons.down), who = el('div', 'who');
panel.setAttribute('role', 'region'); panel.setAttribute('aria-label', say('title')); panel.lang = en ? 'en' : 'zh-CN';
log.setAttribute('role', 'log'); log.setAttribute('aria-live', 'polite'); log.tabIndex = 0; log.setAttribute('aria-label', say('title'));
barBox.setAttribute('role', 'status');
text.rows = 1; text.placeholder = say('write'); text.setAttribute('aria-label', say('write'));
file.type = 'file'; file.accept = 'image/png,image/jpeg,image/webp,image/gif'; file.hidden = true;
head.append(who, downButton);
row.append(pictureButton, file, text, sendButton);
foot.append(row, el('div', 'cyw-note', say('note')));
panel.append(head, barBox, log, quickBox, foot);
opener.type = 'button';

function seat(list) {
  const s = { kind: 'bot', name: '' };
  for (const e of list) {
    const b = e.b || {};
    if (e.t === 'conversation.opened' || e.t === 'seat.handed_back') { s.kind = 'bot'; s.name = ''; }
    else if (e.t === 'conversation.escalated') { s.kind = 'waiting'; s.since = b.since; }
    else if (e.t === 'seat.taken') { s.kind = 'human'; s.name = b.name || say('advisor'); }
    else if (e.t === 'conversation.closed') s.kind = 'closed';
  }
  return s;
}

function notice(b, e, list) {
  const a = b.args || {};
  switch (b.code) {
    case 'takeover': {
      const before = list.filter((x) => x.q < e.q || (x.q === e.q && x.i <= e.i));
      const up = before.filter((x) => x.t === 'conversation.escalated').pop();
      const takes = before.filter((x) => x.t === 'seat.taken');
      const earlier = takes.length > 1 ? takes[takes.length - 2] : null;
      if (!up || (earlier && earlier.q > up.q)) return say('tookNow', a); // unasked, or passed on: no wait to tell
      return say('took', { name: a.name, n: Math.max(0, Math.round((e.at - up.b.since) / 1000)) });
    }
    case 'queue.place': return Number(a.place) > 1 ? say('place', { n: Number(a.place) - 1 }) : say('next');
    case 'handed_back': return say('handed');
    case 'transfer': return say('transfer', { name: a.name || say('transferTo') });
    case 'closed': return say('closed');
    case 'closed.idle': return say('idle');
  }
  return say('notice');
}

const attachments = (b) => (b.att || []).map((f) => {
  if ((f.mime || '').startsWith('image/') && /^[0-9a-f]{64}$/.test(f.hash)) { const i = el('img'); i.src = '/files/' + f.hash; i.alt = say('file'); i.loading = 'lazy'; return i; }
  return el('span', '', say('file'));
});

function theirs(e, name) {
  const b = e.b || {}, line = el('div', 'cyw-in'), bubble = el('div', 'cyw-b');
  if (e.a.k === 'bot') bubble.append(el('span', 'name', say('bot')));
  bubble.append(...attachments(b), document.createTextNode((e.p && e.p.text) || ''));
  if (b.src && b.src.length) {
    const ul = el('ul', 'cyw-src');
    b.src.forEach((s) => ul.append(el('li', '', say('from') + '：' + s.title + (s.section ? ' §' + String(s.section).replace(/^§/, '') : ''))));
    bubble.append(ul);
  }
  line.append(avatar(e.a.k, name), bubble);
  return line;
}

function mine(b, said, state, note) {
  const box = el('div', 'cyw-out ' + state), bubble = el('div', 'cyw-b');
  bubble.append(...attachments(b), document.createTextNode(said || ''));
  box.append(bubble);
  if (note) box.append(note);
  return box;
}

let typist = null, typistTimer = 0;
// Nodes are kept by key, so that a screen reader hears only what is new.
const nodes = new Map();
function draw(stick) {
  const atEnd = stick || log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  const ids = Object.keys(copy.convs).filter((id) => copy.convs[id].length).sort((a, b) => copy.convs[a][0].q - copy.convs[b][0].q);
  const want = []; // [key, print, make]
  const put2 = (key, print, make) => want.push([key, print, make]);
  const seen = new Set();
  let now = { kind: 'bot', name: '' }, quick = [];
  if (!ids.length) put2('hello', '', () => theirs({ a: { k: 'bot' }, p: { text: say('hello') } }, ''));
  for (const id of ids) {
    const list = copy.convs[id];
    let name = '';
    const readMarks = list.filter((e) => e.t === 'message.read' && e.a.k === 'agent').map((e) => list.findIndex((x) => x.id === e.b.upto));
    const readTo = Math.max(-1, ...readMarks);
    const lastRead = list.reduce((at, e, i) => (i <= readTo && e.t === 'message.posted' && e.a.k === 'customer' ? i : at), -1);
    list.forEach((e, i) => {
      const b = e.b || {};
      if (e.t === 'seat.taken') name = b.name;
      // The first message's command ID stands on conversation.opened, before it: the ack names both events.
      for (const m of delivered.values()) if (m.events.includes(e.id) && e.t === 'message.posted') delivered.delete(m.id);
      if (e.cid) { seen.add(e.cid); delivered.delete(e.cid); }
      if (e.t !== 'message.posted') return;
      if (b.kind === 'notice') put2(e.id, '', () => el('div', 'cyw-sys', notice(b, e, list)));
      else if (e.a.k === 'customer') put2(e.id, i === lastRead ? 'read' : '', () => mine(b, e.p && e.p.text, '', i === lastRead ? el('small', '', say('read')) : null));
      else { const n = name; put2(e.id, '', () => theirs(e, n)); }
      if (b.kind !== 'notice') quick = e.a.k === 'customer' ? [] : b.quick || [];
    });
    now = seat(list);
    if (now.kind === 'closed') quick = [];
  }
  for (const m of [...delivered.values(), ...[...outbox.values()].sort((a, b) => (a.id < b.id ? -1 : 1))]) {
    if (seen.has(m.id)) continue;
    const state = m.sent ? '' : m.failed ? 'failed' : 'pending';
    put2('out' + m.id, state + (ready ? 1 : 0), () => mine(m.payload, m.payload.text, state, state && noteOf(m)));
    if (!m.failed) quick = [];
  }
  if (typist) {
    const n = typist.kind === 'bot' ? say('bot') : now.name || say('advisor');
    put2('typing', n, () => { const l = el('div', 'cyw-in cyw-typing'), d = el('div', 'cyw-b cyw-dots'); d.append(el('i'), el('i'), el('i')); l.append(avatar(typist.kind, n), d, el('small', '', say('typing', { name: n }))); return l; });
  }
  const stay = new Set(want.map((w) => w[0]));
  for (const [key, n] of nodes) if (!stay.has(key)) { n.node.remove(); nodes.delete(key); }
  let prev = null;
  for (const [key, print, make] of want) {
    let n = nodes.get(key);
    if (!n || n.print !== print) { if (n) n.node.remove(); n = { print, node: make() }; nodes.set(key, n); }
    const next = prev ? prev.nextSibling : log.firstChild;
    if (next !== n.node) log.insertBefore(n.node, next);
    prev = n.node;
  }
  const k = now.kind === 'human' ? 'human' : now.kind === 'waiting' ? 'waiting' : 'bot';
  head.replaceChildren(avatar(k === 'human' ? 'agent' : 'bot', now.name), who, downButton);
  const title = el('b', '', k === 'human' ? say('human', { name: now.name }) : say(k === 'waiting' ? 'waiting' : 'bot'));
  if (who.textContent !== title.textContent + say(k === 'human' ? 'humanLine' : k === 'waiting' ? 'waitLine' : 'botLine')) who.replaceChildren(title, el('small', '', say(k === 'human' ? 'humanLine' : k === 'waiting' ? 'waitLine' : 'botLine')));
  barBox.hidden = !bar;
  if (barBox.dataset.is !== bar) {
    barBox.dataset.is = bar; barBox.replaceChildren();
    if (bar) {
      barBox.append(el('span', '', say(bar)));
      if (bar !== 'full' && bar !== 'tooLong' && bar !== 'badFile') { const b = el('button', '', say('again')); b.type = 'button'; b.onclick = () => { if (bar === 'stopped') badTokens = 0; connect(); }; barBox.append(b); }
    }
  }
  const print = JSON.stringify(quick);
  if (quickBox.dataset.is !== print) {
    quickBox.dataset.is = print;
    quickBox.replaceChildren(...quick.map((q) => { const b = el('button', '', q); b.type = 'button'; b.onclick = () => { post({ kind: 'text', text: q }); text.focus(); }; return b; }));
  }
  quickBox.hidden = !quick.length;
  sendButton.disabled = !text.value.trim();
  if (atEnd) log.scrollTop = log.scrollHeight;
}

function noteOf(m) {
  if (!m.failed) return el('small', '', say(ready ? 'sending' : 'unsent'));
  const n = el('small', 'bad', say('failed') + ' '), drop = el('button', '', say('drop')), edit = el('button', '', say('edit'));
  drop.type = edit.type = 'button';
  drop.onclick = () => { settle(m.id); draw(); };
  edit.onclick = () => { text.value = m.payload.text || ''; settle(m.id); text.focus(); draw(); };
  n.append(drop);
  if (m.payload.text) n.append(edit);
  return n;
}

// ---- hands on the keyboard
let typedAt = 0, stopTyping = 0;
function typed(on) {
  clearTimeout(stopTyping);
  if (!conv || !ready) return;
  if (!on) { if (typedAt) put({ t: 'typing', conv, on: false }); typedAt = 0; return; }
  if (Date.now() - typedAt > 3000) { typedAt = Date.now(); put({ t: 'typing', conv, on: true }); }
  stopTyping = setTimeout(() => typed(false), 5000);
}
function submit() {
  const said = text.value.trim();
  if (!said) return;
  if (new TextEncoder().encode(said).length > 65536) { bar = 'tooLong'; return draw(); }
  if (bar === 'tooLong' || bar === 'badFile') bar = '';
  text.value = ''; text.style.height = ''; forget('draft'); typed(false);
  post({ kind: 'text', text: said });
}
async function upload(f) {
  try {
    if (!visitor) throw new Error('no visitor');
    const res = await fetch('/api/uploads', { method: 'POST', headers: { Authorization: 'Bearer ' + visitor.token, 'Content-Type': f.type || 'application/octet-stream' }, body: f });
    if (!res.ok) throw new Error('upload ' + res.status);
    const u = await res.json();
    post({ kind: 'image', att: [{ hash: u.hash, mime: u.mime, size: u.size, w: u.w, h: u.h }] });
  } catch { bar = 'badFile'; draw(); }
}
text.addEventListener('input', () => {
  text.style.height = 'auto'; text.style.height = Math.min(96, text.scrollHeight + 2) + 'px';
  keep('draft', text.value); typed(!!text.value); sendButton.disabled = !text.value.trim();
});
text.addEventListener('keydown', (e) => { if (e.key === 'Enter' && !e.shiftKey && !e.isComposing) { e.preventDefault(); submit(); } });
panel.addEventListener('keydown', (e) => { if (e.key === 'Escape' && !e.isComposing) show(false); });
sendButton.onclick = submit;
pictureButton.onclick = () => file.click();
file.onchange = () => { if (file.files[0]) upload(file.files[0]); file.value = ''; };
function show(on) { panel.hidden = !on; opener.hidden = on; keep('open', on); if (on) { draw(true); text.focus(); markRead(); } else opener.focus(); }
opener.onclick = () => show(true);
downButton.onclick = () => show(false);
document.addEventListener('visibilitychange', markRead);
window.addEventListener('online', () => { tries = 0; if (bar === 'lost') connect(); });

// A browser does not show a page the server's pings, so the widget asks and listens itself.
setInterval(() => {
  if (!ready) return;
  if (Date.now() - heard > 25000) { const s = socket; gone(4005); if (s && s.close) s.close(); return; }
  put({ t: 'beat', sent: Date.now() });
}, 10000);

loadOutbox();
text.value = kept('draft') || '';
const opened = kept('open');
panel.hidden = opened === null ? window.innerWidth < 900 : !opened;
opener.hidden = !panel.hidden;
document.body.append(panel, opener);
draw(true);
connect();
})();
