// One item of the log as a node.

import { attachments, card } from './cards.js';
import { el, hidden, icon, iconButton, textButton } from './dom.js';
import { filledCard, formCard, rateCard } from './forms.js';
import { brief } from './talk.js';
import { files } from './store.js';
import { english, excuse, say, when } from './words.js';

const LONG = 900, LINES = 18, SOURCES = 2; // runes and lines of a bubble before it is folded; sources shown at once

/** The round picture of who speaks. */
export function avatar(app, bot, name, agent, size) {
  const a = el('span', { class: 'av' + (bot ? ' bot' : ''), 'aria-hidden': 'true' });
  if (bot) a.append(icon('bot', size > 30 ? 20 : 14));
  else {
    a.textContent = [...(name || say('advisor'))][0];
    if (app.conf.avatar && /^[\w-]{1,64}$/.test(agent || '')) {
      const img = el('img', { alt: '', src: app.conf.avatar.replace(/\{agent\}|%7Bagent%7D/i, encodeURIComponent(agent)) });
      img.addEventListener('load', () => a.replaceChildren(img), { once: true });
      img.addEventListener('error', () => img.remove(), { once: true });
    }
  }
  return a;
}

const link = /https?:\/\/[^\s<>"'，。；！？（）】」]+/g;
/** Text, folded when it is long; addresses become links where they come from the shop. */
function words(text, links) {
  const box = el('span', { class: 'txt', dir: 'auto' });
  const s = String(text || '');
  let at = 0;
  for (const m of links && s.length < 20_000 ? s.matchAll(link) : []) {
    box.append(s.slice(at, m.index), el('a', { href: m[0], target: '_blank', rel: 'noopener noreferrer', text: m[0] }));
    at = m.index + m[0].length;
  }
  box.append(s.slice(at));
  if (s.length <= LONG && s.split('\n', LINES + 1).length <= LINES) return box;
  box.classList.add('fold');
  const more = textButton('link', say('whole'), () => { const on = box.classList.toggle('fold'); more.textContent = say(on ? 'whole' : 'less'); more.setAttribute('aria-expanded', String(!on)); });
  more.setAttribute('aria-expanded', 'false');
  return [box, more];
}

// Policies and products can be read where they stand.
function sourceLink(app, s, text) {
  const id = /^[\w.-]{1,64}$/.test(s.id || '') ? s.id : '', at = /^§?([\d.]+)$/.exec(s.section || '');
  const path = !id ? '' : s.kind === 'policy' ? 'policies/' + id + (at ? '#s' + at[1] : '') : s.kind === 'product' ? 'p/' + id : '';
  return path ? el('a', { href: app.conf.base + path, target: '_blank', rel: 'noopener', text }) : text;
}

function sources(app, list) {
  if (!list || !list.length) return null;
  const line = (s) => el('li', {}, say('from'), sourceLink(app, s, s.title + (s.section ? (/^§?\d/.test(s.section) ? ' §' : ' · ') + String(s.section).replace(/^§/, '') : '')));
  if (list.length <= SOURCES) return el('ul', { class: 'src' }, ...list.map(line));
  return el('details', { class: 'src' }, el('summary', { text: say('sources', { n: list.length }) }), el('ul', {}, ...list.map(line)));
}

function quote(app, re, quoted) {
  if (quoted === undefined) return null;
  const name = !quoted ? '' : quoted.a.k === 'customer' ? say('you') : quoted.a.k === 'bot' ? say('bot') : say('advisor');
  return el('button', { type: 'button', class: 'quote', onclick: () => app.log.reveal(re) },
    el('span', { dir: 'auto', text: quoted ? say('says', { name }) + brief(quoted.b, quoted.p) : say('quoteOld') }));
}

// Where the shop's page goes on: to the checkout of the customer's own cart, or to an order's payment. Nothing else is a link.
function goOn(app, link) {
  const at = /^\/(checkout|pay\/[\w-]{1,64})$/.exec(link || '');
  return at && el('a', { class: 'go go-on', href: app.conf.base + at[1], target: app.conf.own ? null : '_blank', rel: 'noopener', text: say(at[1] === 'checkout' ? 'toCart' : 'toPay') });
}

const shop = { product: 1, order: 1, coupon: 1 };

// What stands inside a message, and whether it has a bubble around it.
function content(app, b, p, opts) {
  const text = (p && p.text) || '';
  if (shop[b.kind] && p && p.card) return { bare: true, nodes: [card(app, b.kind, p.card, b.ref)] };
  if (b.kind === 'form') return { bare: true, nodes: [formCard(app, { form: b.form, ref: b.ref, text, id: opts.id, done: opts.done })] };
  if (b.kind === 'filled') return { nodes: [filledCard(b.form, p && p.fields)] };
  const att = attachments(app, b.kind, b.att, opts);
  const only = b.kind === 'image' && !text && att.length > 0;
  return { bare: only, pics: only, nodes: [...att, ...(text || !att.length ? [words(text, opts.links)].flat() : []), goOn(app, b.link), sources(app, b.src)] };
}

function menuButton(app, item) {
  return iconButton('dots', say('actions'), 'more', (e) => app.log.menu(item, e.currentTarget), 16);
}

const makers = {
  time: (app, it) => el('div', { class: 'time', text: when(it.at, app.clock.now()) }),
  notice: (app, it) => el('div', { class: 'sys' }, el('span', { dir: 'auto', text: it.text })),
  gone: (app, it) => el('div', { class: 'sys plain' }, el('span', { dir: 'auto', text: it.own ? say('recalledOwn') : say('recalledTheir', { name: it.name || say('advisor') }) }),
    it.own && app.recalled.has(it.id) && textButton('link', say('edit'), () => app.composer.take(app.recalled.get(it.id)))),
  hours: (app, it) => el('div', { class: 'in' }, el('div', { class: 'stack' }, it.text && el('div', { class: 'sys' }, el('span', { text: it.text })),
    formCard(app, { form: 'leave', id: it.e.id, ask: it.ask, done: it.done }))),
  rate: (app, it) => rateCard(app, it.conv, it.stars),
  hello: (app) => el('div', { class: 'in' }, avatar(app, true, '', '', 24), el('div', { class: 'b' }, el('span', { class: 'name', text: say('bot') }), words(say('hello')))),
  privacy: (app) => el('p', { class: 'privacy' }, say('privacy'), el('a', { href: app.conf.privacy, target: '_blank', rel: 'noopener', text: (english() ? '' : '《') + say('privacyLink') + (english() ? '' : '》') }), say('stop')),
  earlier: (app) => textButton('link earlier', say('earlier'), () => app.log.earlier()),
  typing: (app, it) => el('div', { class: 'in typing' }, avatar(app, it.bot, it.name, it.agent, 24), it.said ? el('div', { class: 'b', 'aria-hidden': 'true' }, words(it.said)) : el('div', { class: 'b dots-b', 'aria-hidden': 'true' }, el('i'), el('i'), el('i')), el('small', { text: say('typing', { name: it.name }) })),

  theirs(app, it) {
    const { e } = it, b = e.b || {};
    const c = content(app, b, e.p, { id: e.id, done: it.done, who: it.name || say('advisor'), links: true });
    const body = el('div', { class: c.bare ? 'bare' : 'b' + (b.kind === 'voice' ? ' v' : '') }, it.bot && it.first && !c.bare ? el('span', { class: 'name', text: say('bot') }) : hidden(say('says', { name: it.bot ? say('bot') : it.name || say('advisor') })),
      quote(app, b.re, it.quoted), ...c.nodes);
    return el('div', { class: 'in' + (it.first ? ' first' : ''), title: when(e.at, app.clock.now()) }, it.first ? avatar(app, it.bot, it.name, it.agent, 24) : el('span', { class: 'av none' }), body, menuButton(app, it));
  },

  mine(app, it) {
    const { e } = it, b = e.b || {};
    const c = content(app, b, e.p, { id: e.id, who: say('you') });
    const body = el('div', { class: c.bare ? 'bare' : 'b' + (b.kind === 'voice' ? ' v' : '') }, hidden(say('says', { name: say('you') })), quote(app, b.re, it.quoted), ...c.nodes);
    return el('div', { class: 'out', title: when(e.at, app.clock.now()) }, menuButton(app, it), it.mark && el('small', { class: 'mark-s', text: say(it.mark) }), body);
  },

  out(app, it) {
    const { m } = it, local = m.file || m.hadFile ? files.peek(m.id) : null;
    const p = { text: m.payload.text, card: m.payload.kind && shop[m.payload.kind] ? m.payload.show : null, fields: m.payload.fields };
    const b = { ...m.payload, att: m.payload.att || (local ? [{ mime: local.type }] : null) };
    const c = content(app, b, p, { local, who: say('you') });
    const body = el('div', { class: c.bare ? 'bare' : 'b' + (b.kind === 'voice' ? ' v' : '') }, quote(app, b.re, it.quoted), ...c.nodes);
    const up = m.file && !m.failed;
    if (up && b.kind === 'image') body.append(progress(m));
    const note = m.failed ? el('span', { class: 'bad' }, say('failed'), m.failed !== 'invalid' && m.failed !== 'upload' ? '，' + excuse(m.failed) : '', ' ', textButton('link', say('resend'), () => app.outbox.retry(m.id)),
      b.kind === 'text' && textButton('link', say('edit'), () => { app.composer.take(m.payload.text); app.outbox.remove(m.id); app.draw(); }), textButton('link', say('drop'), () => { app.outbox.remove(m.id); app.draw(); }))
      : m.sent ? say('sent') : !app.link.open ? say('unsent') : up ? say('uploading', { n: Math.round((m.progress || 0) * 100) }) : say('sending');
    return el('div', { class: 'out ' + (m.failed ? 'failed' : m.sent ? '' : 'pending') }, el('small', { class: 'mark-s' + (m.failed ? ' wide' : '') }, note), body);
  },
};

function progress(m) {
  const p = el('progress', { max: 100, 'aria-label': say('uploading', { n: Math.round((m.progress || 0) * 100) }) });
  p.value = Math.round((m.progress || 0) * 100);
  return p;
}

/** Draws an item of talk(). */
export const node = (app, it) => makers[it.type](app, it);
