// What the copy and the outbox say, for the screen. Pure: the same data gives the same list.

import { say } from './words.js';

const GAP = 30 * 60_000, BURST = 3 * 60_000, RATE_WITHIN = 7 * 86_400_000, LEAVE_AFTER = 60_000, RECALL_WITHIN = 120_000; // ms

/** Who holds the seat of a conversation, as its customer knows it. */
export function seatOf(list) {
  const s = { kind: 'bot', name: '', agent: '', since: 0 };
  for (const e of list) {
    const b = e.b || {};
    if (e.t === 'conversation.opened' || e.t === 'seat.handed_back') Object.assign(s, { kind: 'bot', name: '', agent: '', since: 0 });
    else if (e.t === 'conversation.escalated') Object.assign(s, { kind: 'waiting', name: '', agent: '', since: b.since });
    else if (e.t === 'seat.taken') { s.kind = 'human'; s.name = b.name || say('advisor'); }
    else if (e.t === 'message.posted' && b.kind === 'notice' && b.args) {
      if (b.code === 'takeover') s.agent = b.args.agent || '';
      else if (b.code === 'transfer') s.kind = 'waiting';
    } else if (e.t === 'conversation.closed') s.kind = 'closed';
  }
  return s;
}

function noticeText(e, list) {
  const b = e.b, a = b.args || {};
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
    case 'hours': return say('hours', a);
    case 'form.return.done': return say('returnDone', a);
    case 'form.return.refused': return say('returnRefused', a);
    case 'form.address.done': return say('addressDone', a);
    case 'form.address.refused': return say('addressRefused', a);
    case 'form.leave.done': return say('leaveDone');
  }
  return say('notice');
}

/** A message in a few words, for quotes and for those who hear it. */
export function brief(b, p) {
  if (!b || b.gone) return say('quoteGone');
  switch (b.kind) {
    case 'image': return '[' + say('image') + ']' + ((p && p.text) || '');
    case 'voice': return '[' + say('voiceName') + ']';
    case 'file': return '[' + say('file') + ']';
    case 'product': case 'order': case 'coupon': return '[' + say(b.kind) + '] ' + ((p && p.card && p.card.title) || '');
    case 'form': case 'filled': return '[' + formTitle(b.form) + ']';
  }
  return (p && p.text) || '';
}
export const formTitle = (form) => say({ return: 'formReturn', address: 'formAddress', leave: 'formLeave' }[form] || 'text');

/** All of it as {items, quick, seat, last}: what the log shows, the choices offered, and who is there. */
export function talk({ convs, pending, now, recallable }) {
  const ids = Object.keys(convs).filter((id) => convs[id].length).sort((a, b) => convs[a][0].q - convs[b][0].q);
  const items = [], known = new Map();
  let seat = { kind: 'bot', name: '', agent: '' }, quick = [], lastAt = 0, by = '';
  const put = (key, type, print, data) => items.push({ key, type, print, ...data });
  const time = (e) => {
    if (lastAt ? e.at - lastAt >= GAP : now - e.at >= 12 * 3_600_000) put('t' + e.id, 'time', new Date(now).getDate(), { at: e.at });
    if (e.at - lastAt > BURST) by = '';
    lastAt = e.at;
  };
  for (const id of ids) {
    const list = convs[id];
    const where = new Map(list.map((e, i) => [e.id, i]));
    let readTo = -1, lastRead = -1, lastOwn = -1, answered = false, name = '', agent = '', stars = null, filled = {}, end = null, waited = null, spoken = null;
    list.forEach((e, i) => {
      const b = e.b || {};
      if (e.t === 'message.read' && e.a.k === 'agent' && where.has(b.upto)) readTo = Math.max(readTo, where.get(b.upto));
      if (e.t === 'conversation.rated') stars = { stars: b.stars, reasons: b.reasons || [], text: (e.p && e.p.text) || '' };
      if (e.t === 'conversation.closed') end = e;
      if (e.t !== 'message.posted') return;
      known.set(e.id, e);
      if (b.kind === 'filled' && b.re) filled[b.re] = true;
      if (e.a.k === 'customer') { lastOwn = i; answered = false; } else if (b.kind !== 'notice') answered = true;
    });
    list.forEach((e, i) => { if (i <= readTo && e.t === 'message.posted' && e.a.k === 'customer') lastRead = i; });
    for (const [i, e] of list.entries()) {
      const b = e.b || {};
      if (e.t === 'seat.taken') { name = b.name || say('advisor'); waited = null; }
      if (e.t === 'conversation.escalated') waited = e;
      if (e.t === 'seat.handed_back') waited = null;
      if (e.t !== 'message.posted') continue;
      if (b.kind === 'notice') {
        if (b.code === 'takeover' && b.args) agent = b.args.agent || '';
        time(e);
        by = '';
        if (b.code === 'hours') { put(e.id, 'hours', filled[e.id], { e, text: noticeText(e, list), done: filled[e.id], ask: 'hoursText' }); waited = null; } else put(e.id, 'notice', '', { text: noticeText(e, list) });
        continue;
      }
      time(e);
      const quoted = b.re && b.kind !== 'filled' ? known.get(b.re) || null : undefined;
      if (b.gone) {
        by = '';
        put(e.id, 'gone', 'gone', { own: e.a.k === 'customer', name: e.a.k === 'bot' ? say('bot') : name, id: e.id });
      } else if (e.a.k === 'customer') {
        by = '';
        const mark = i === lastRead ? 'read' : i === lastOwn && !answered && i > lastRead ? 'sent' : '';
        const fresh = recallable && now - e.at < RECALL_WITHIN;
        put(e.id, 'mine', mark + (fresh ? 'r' : '') + (quoted ? quoted.b.gone : ''), { e, mark, fresh, quoted, conv: id });
      } else {
        const who = e.a.k === 'bot' ? 'bot' : 'agent:' + name;
        // The bot names what it answers each time, and to answer what was said last needs no quote either.
        const shown = e.a.k === 'bot' || (quoted && quoted === spoken) ? undefined : quoted;
        put(e.id, 'theirs', who + (who !== by) + !!filled[e.id] + (shown ? shown.b.gone : ''), { e, first: who !== by, name: e.a.k === 'bot' ? say('bot') : name, agent, bot: e.a.k === 'bot', quoted: shown, done: !!filled[e.id], conv: id });
        by = who;
      }
      spoken = e;
      if (e.a.k !== 'customer') quick = b.gone ? [] : b.quick || [];
      else if (quick.includes(e.p && e.p.text)) quick = []; // chosen; other words leave the choice
    }
    seat = seatOf(list);
    if (seat.kind === 'closed') quick = [];
    if (waited && seat.kind === 'waiting' && now - waited.b.since > LEAVE_AFTER) put('leave' + waited.id, 'hours', filled[waited.id] || '', { e: waited, text: '', ask: 'busyText', done: filled[waited.id] });
    if (end && id === ids[ids.length - 1] && now - end.at < RATE_WITHIN) put('rate' + id, 'rate', JSON.stringify(stars), { conv: id, stars });
    if (end) by = '';
  }
  for (const m of pending) {
    if (m.kind !== 'post') continue;
    const quoted = m.payload.re && m.payload.kind !== 'filled' ? known.get(m.payload.re) || null : undefined;
    put('out' + m.id, 'out', (m.sent ? 's' : m.failed || 'p') + (m.file ? Math.round((m.progress || 0) * 100) : ''), { m, quoted });
    if (!m.failed && quick.includes(m.payload.text)) quick = [];
  }
  return { items, quick, seat, last: ids[ids.length - 1] || '' };
}

/** How many messages of others came after the one seen last. */
export function unread(convs, seen) {
  let n = 0;
  for (const list of Object.values(convs)) for (const e of list) if (e.t === 'message.posted' && e.a.k !== 'customer' && !(e.b.kind === 'notice') && !e.b.gone && e.id > seen) n++;
  return n;
}
