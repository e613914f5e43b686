// The chat of a shop's page: a client of docs/protocol.md in one script. What the customer wrote is kept until the server has
// it; what the server said is a copy that can be dropped at any time.

import { avatar } from './bubble.js';
import { makeComposer } from './composer.js';
import { readConf } from './conf.js';
import { makeCopy } from './copy.js';
import { el, iconButton, textButton } from './dom.js';
import { sendFile } from './files.js';
import { makeFrame } from './frame.js';
import { makeLink, makeSession } from './link.js';
import { makeLog } from './log.js';
import { makeOutbox } from './outbox.js';
import { rateCard } from './forms.js';
import { forgetOthers, makeClock, makeStore, ulid } from './store.js';
import { talk, unread } from './talk.js';
import { chime } from './voice.js';
import { excuse, say, speak } from './words.js';

const TYPING_FOR = 6000; // ms without another sign of it
const WORDS_STAY = 2000; // ms that half an answer may stand without the whole

function start(conf) {
  speak(conf.lang);
  const prefix = 'agentdesk.' + new URL(conf.base).host + '.', root = makeStore(prefix), clock = makeClock(root);
  const session = makeSession({ conf, root, clock });
  const app = { conf, clock, session, title: say('title', { brand: conf.brand || '' }), recalled: new Map(), sound: root.get('sound') === true };
  let typist = null, typistTimer = 0, said = '', marked = '', seen = '', drawing = 0, customer = '', current = { items: [], quick: [], seat: { kind: 'bot' }, last: '' }, began = false;

  app.ui = makeFrame({ conf, title: app.title, shown });
  app.link = makeLink({ conf, session, clock, hooks: { hello, frame, state } });

  // ---- whose chat it is

  function become(who) {
    if (customer === who && app.store) return;
    const first = !app.store;
    if (app.outbox) { app.outbox.close(); app.copy.save(); }
    customer = who;
    app.store = makeStore(prefix + (who || 'new') + '.');
    if (who) forgetOthers(prefix, app.store.prefix);
    app.copy = makeCopy({ store: app.store, arrived: (id) => app.outbox.arrived(id), news });
    app.outbox = makeOutbox({ store: app.store, link: app.link, clock, changed: draw, settled, upload: (m, blob, progress) => sendFile(app, blob, progress) });
    seen = app.store.get('seen') || '';
    marked = '';
    if (!first) app.composer.reset();
  }

  function hello(who) {
    if (who.customer !== customer) {
      // What was written before the server named the visitor goes with them.
      const mine = customer ? [] : app.outbox.sorted();
      if (!customer && app.composer.text.value) makeStore(prefix + who.customer + '.').set('draft', app.composer.text.value);
      const left = app.outbox;
      become(who.customer);
      for (const m of mine) { left.remove(m.id); app.outbox.add(m.kind, m.payload, { conv: m.conv }); }
      draw();
    }
    return app.copy.hello;
  }

  function frame(f) {
    switch (f.t) {
      case 'welcome': app.copy.welcome(f); break;
      case 'rec': app.copy.record(f); readUp(); break;
      case 'ack': app.outbox.acked(f); if (f.ok && f.conv && app.outbox.has(f.id)) app.copy.opened(f.conv); break;
      case 'live': live(f); break;
      default: return;
    }
    draw();
  }

  function state(s) {
    if (s === 'open') app.outbox.pump();
    else { app.outbox.lost(); typing(null); }
    draw();
  }

  function live(f) {
    if (f.actor && f.actor.k === 'customer') return;
    if (f.kind === 'words' && f.conv === app.copy.conv) { said += f.add; typing(f.actor.k); } else if (f.kind === 'typing' && f.on) typing(f.actor ? f.actor.k : 'agent');
    // What was read of an answer stays until the answer itself is there, which follows at once.
    else if (f.kind === 'typing') typing(said ? typist : null, WORDS_STAY);
  }

  function typing(kind, stays = TYPING_FOR) {
    typist = kind;
    if (!kind) said = '';
    clearTimeout(typistTimer);
    if (kind) typistTimer = setTimeout(() => { typing(null); draw(); }, stays);
  }

  function news(e) {
    typing(null);
    if (app.copy.catching || e.b.kind === 'notice') return;
    if (app.sound && (document.hidden || !app.ui.open)) chime();
  }

  function settled(m, a) {
    if (a.ok) return;
    if (m.kind === 'consent') app.copy.remind = !m.payload.on;
    if (m.kind === 'recall') app.ui.toast(a.err && a.err.code === 'too_late' ? say('tooLate') : excuse(a.err && a.err.code));
    else if (m.kind !== 'post') app.ui.toast(excuse(a.err && a.err.code));
  }

  // ---- what the customer does

  app.post = (payload, opts = {}) => {
    app.outbox.add('post', payload, opts);
    root.set('open', true); // who writes wants it there on the next page, too
    app.link.connect();
    draw(true);
  };
  app.recall = (conv, e) => { if (e.p && e.p.text) app.recalled.set(e.id, e.p.text); app.outbox.add('recall', { msg: e.id }, { conv }); };
  app.rate = (conv, given) => { app.outbox.add('rate', given, { conv }); };
  app.end = () => { if (app.copy.conv) app.outbox.add('close', {}, { conv: app.copy.conv }); };
  app.rateable = () => !!current.last && !!(app.copy.convs[current.last] || []).some((e) => e.t === 'message.posted' && e.a.k !== 'customer');
  app.askRating = () => {
    const had = (app.copy.convs[current.last] || []).filter((e) => e.t === 'conversation.rated').pop();
    const give = app.rate;
    const sheet = app.ui.sheet({ title: say('rateIt'), body: [rateCard({ ...app, rate: (c, g) => { give(c, g); sheet.close(); } }, current.last, had ? { stars: had.b.stars, reasons: had.b.reasons || [], text: (had.p && had.p.text) || '' } : null)] });
    (app.ui.root.querySelector('.sheet .stars button') || app.ui.panel).focus();
  };
  // Whether the customer is told of offers unasked. One says so in a conversation.
  app.consents = () => !!current.last;
  app.reminded = () => app.copy.remind;
  app.remind = (on) => { app.copy.remind = on; app.outbox.add('consent', { on }, { conv: current.last }); app.ui.toast(say(on ? 'remindIs' : 'remindNo')); };
  app.setSound = (on) => { app.sound = on; root.set('sound', on); if (on) chime(); };
  /** Tells the page what happened in its shop. */
  app.did = (what, detail) => document.dispatchEvent(new CustomEvent('agentdesk:' + what, { detail }));

  // Shows a thing of the shop, unless it was the last that was shown in this conversation.
  function show(kind, ref, title) {
    const posts = (app.copy.convs[app.copy.conv] || []).filter((e) => e.t === 'message.posted' && e.b.kind === kind && e.a.k === 'customer');
    if (posts.length && posts[posts.length - 1].b.ref === ref || app.outbox.sorted().some((m) => m.payload.ref === ref)) return;
    app.post({ kind, ref, show: { id: ref, title: title || ref } });
  }

  // ---- reading

  function readUp() {
    if (!app.ui.open || document.hidden || app.copy.catching) return;
    let upto = '', all = '';
    for (const [id, list] of Object.entries(app.copy.convs)) {
      for (const e of list) if (e.t === 'message.posted' && e.a.k !== 'customer') { if (e.id > all) all = e.id; if (id === app.copy.conv && e.id > upto) upto = e.id; }
    }
    if (all > seen) { seen = all; app.store.set('seen', seen); }
    if (upto && upto > marked && app.link.put({ t: 'cmd', id: ulid(), kind: 'read', conv: app.copy.conv, payload: { upto } })) marked = upto;
  }

  // ---- drawing

  let stick = false;
  function draw(end) {
    stick = stick || !!end;
    if (drawing) return;
    drawing = 1;
    // A window that nobody sees gets no frames, and is not always told.
    const go = () => { if (!drawing) return; cancelAnimationFrame(frame); clearTimeout(late); drawing = 0; paint(); };
    const frame = requestAnimationFrame(go), late = setTimeout(go, document.hidden ? 50 : 250);
  }
  app.draw = draw;

  function paint() {
    if (!app.log) return;
    const end = stick;
    stick = false;
    current = talk({ convs: app.copy.convs, pending: app.outbox.sorted(), now: clock.now(), recallable: true });
    app.ui.unread(app.ui.open && !document.hidden ? 0 : unread(app.copy.convs, seen));
    if (!app.ui.open) return;
    const items = current.items.slice();
    if (app.copy.empty) {
      items.unshift({ key: 'hello', type: 'hello', print: '' });
      items.unshift({ key: 'privacy', type: 'privacy', print: '' });
    }
    const { seat } = current;
    if (typist) items.push({ key: 'typing', type: 'typing', said, print: typist + seat.name + said, bot: typist === 'bot', name: typist === 'bot' ? say('bot') : seat.name || say('advisor'), agent: seat.agent });
    app.log.show(items, end);
    app.composer.setQuick(app.link.state === 'stopped' ? [] : current.quick);
    header(seat);
    const bar = app.link.state === 'lost' || app.link.state === 'stopped' ? app.link.state : app.outbox.sorted().some((m) => m.own) && hasStorage() ? 'full' : '';
    if (app.ui.bar.dataset.is !== bar) {
      app.ui.bar.dataset.is = bar;
      app.ui.bar.hidden = !bar;
      app.ui.bar.replaceChildren(...(bar ? [el('span', { text: say(bar) }), ...(bar === 'full' ? [] : [textButton('', say('again'), app.link.again)])] : []));
    }
  }
  // Full is told; that a browser keeps nothing at all is the customer's own choice.
  function hasStorage() { try { return !!localStorage; } catch { return false; } }

  const down = iconButton('head-x', say('collapse'), 'down', () => app.ui.show(false, true)), who = el('div', { class: 'who' });
  let headPrint = '';
  function header(seat) {
    const kind = seat.kind === 'human' || seat.kind === 'waiting' ? seat.kind : 'bot', on = app.link.state !== 'lost' && app.link.state !== 'stopped';
    const print = kind + seat.name + seat.agent + on;
    if (print === headPrint) return;
    headPrint = print;
    const name = kind === 'human' ? say('human', { name: seat.name }) : say(kind === 'waiting' ? 'waiting' : 'bot');
    who.replaceChildren(el('b', { text: name, dir: 'auto' }), el('small', { text: !on ? say('offline') : say(kind === 'human' ? 'humanLine' : kind === 'waiting' ? 'waitLine' : 'botLine') }));
    const av = avatar(app, kind !== 'human', seat.name, seat.agent, 36);
    app.ui.head.replaceChildren(el('span', { class: 'av-box' }, av, el('i', { class: 'dot' + (on ? '' : ' gone') })), who, down);
  }

  // ---- opening and putting away

  // On a telephone the chat covers the page: it stays open over a reload, not over a link that one followed in it.
  const reloaded = () => { const n = performance.getEntriesByType('navigation')[0]; return !!n && n.type === 'reload'; };

  function shown(on, byHand) {
    document.dispatchEvent(new CustomEvent('agentdesk:shown', { detail: { open: on } }));
    if (byHand) root.set('open', on);
    if (!began) return;
    if (!on) { draw(); return; }
    app.link.connect();
    headPrint = '';
    draw(true);
    readUp();
    if (byHand) { if (matchMedia('(hover: hover)').matches) app.composer.focus(); else app.ui.panel.focus(); } // a keyboard on the screen comes when it is asked for
  }

  become((session.who && session.who.customer) || '');
  app.log = makeLog(app);
  app.composer = makeComposer(app);
  app.ui.mount();
  began = true;
  const was = root.get('open');
  app.ui.show(was === null ? conf.open === 'wide' && innerWidth >= 900 : was && (innerWidth > 480 || reloaded()), false);
  if (!app.copy.empty || app.outbox.size) app.link.connect(); // an answer may come

  document.addEventListener('visibilitychange', () => { if (document.hidden) app.copy.save(); else { draw(); readUp(); } });
  addEventListener('pagehide', () => app.copy.save());
  setInterval(() => { if (app.ui.open && !document.hidden) draw(); }, 15_000); // what hangs on the time of day
  // The page may open the chat, and put words into it: document.dispatchEvent(new CustomEvent('agentdesk:open', {detail: {text}})).
  // Or an order or product to talk about: {order: id}, {product: id, title}.
  document.addEventListener('agentdesk:open', (e) => {
    const d = e.detail || {};
    app.ui.show(true, true);
    for (const kind of ['order', 'product']) if (d[kind]) show(kind, String(d[kind]), d.title);
    if (d.text) app.composer.take(String(d.text));
  });
  paint();
  performance.mark('agentdesk-ready');
}

const script = document.currentScript;
if (!document.querySelector('agentdesk-chat')) {
  const conf = readConf(script);
  if (document.body) start(conf); else document.addEventListener('DOMContentLoaded', () => start(conf));
}
