// What is more than text in a message: pictures, voice, files, and the shop's cards.

import { askShop, fileURL } from './files.js';
import { el, icon, textButton, yuan } from './dom.js';
import { date, excuse, say } from './words.js';
import { player } from './voice.js';

/** The attachments of a message. local is the file itself while it is on its way. */
export function attachments(app, kind, list, { local, who }) {
  return (list || []).map((f, i) => {
    const mime = f.mime || (local && local.type) || '';
    if (kind === 'voice' || mime.startsWith('audio/')) return player({ secs: f.secs, wave: f.wave, url: () => (local && !f.hash ? URL.createObjectURL(local) : fileURL(app, f.hash)) });
    if (mime.startsWith('image/')) return picture(app, f, i === 0 ? local : null, who);
    return document_(app, f);
  });
}

function picture(app, f, local, who) {
  const alt = say('imageOf', { name: who });
  const box = el('button', { type: 'button', class: 'pic', 'aria-label': alt + '，' + say('enlarge') });
  if (f.w > 0 && f.h > 0) { // room for it before it is there: nothing jumps
    const scale = Math.min(1, 180 / f.w, 180 / f.h);
    box.style.width = Math.max(48, Math.round(f.w * scale)) + 'px';
    box.style.height = Math.max(36, Math.round(f.h * scale)) + 'px';
  }
  let url = '';
  const load = async () => {
    box.classList.remove('bad');
    try {
      url = local && !f.hash ? URL.createObjectURL(local) : await fileURL(app, f.hash);
      const img = el('img', { src: url, alt: '' });
      box.replaceChildren(img);
    } catch { box.classList.add('bad'); box.replaceChildren(el('span', { text: say('load') })); }
  };
  box.addEventListener('click', () => (url ? app.ui.lightbox(url, alt) : load()));
  load();
  return box;
}

function document_(app, f) {
  return el('button', { type: 'button', class: 'doc', onclick: async () => {
    try {
      const a = el('a', { href: await fileURL(app, f.hash), download: say('file') + (f.mime === 'application/pdf' ? '.pdf' : '') });
      a.click();
    } catch { app.ui.toast(say('e_net')); }
  } }, icon('file'), el('span', { text: say('file') + (f.size ? ' · ' + Math.max(1, Math.round(f.size / 1024)) + ' KB' : '') }));
}

// Card.Picture is a path on the shop's server; anything else is not loaded.
const art = (app, pic, cls) => (/^\/?[\w./-]+$/.test(pic || '') ? el('img', { class: cls, src: new URL(pic.replace(/^\//, ''), app.conf.base).href, alt: '', loading: 'lazy' }) : el('span', { class: cls }, icon('bag')));

/** The card of a product, an order or a coupon as it stood when it was sent. */
export function card(app, kind, c, ref) {
  if (kind === 'product') return productCard(app, c, ref);
  if (kind === 'order') return orderCard(app, c);
  return couponCard(app, c, ref);
}

function productCard(app, c, ref) {
  const sold = !(c.stock > 0);
  const add = textButton('', sold ? say('soldOut') : say('add'), async () => {
    add.disabled = true;
    try {
      const cart = await askShop(app, 'cart', { variant: ref || c.id, quantity: 1 });
      app.did('cart', cart);
      app.ui.toast(say('added'));
      add.after(go);
      add.remove();
      go.focus();
    } catch (e) { add.disabled = false; app.ui.toast(excuse(e.code)); }
  });
  const go = el('a', { class: 'act', href: app.conf.base + 'cart', target: app.conf.own ? null : '_blank', rel: 'noopener', text: say('toCart') });
  add.className = 'act';
  add.disabled = sold;
  return el('div', { class: 'card goods' }, el('div', { class: 'card-m' }, art(app, c.pic, 'art'),
    el('div', { class: 'card-t' }, el('b', { text: c.title, dir: 'auto' }), c.variant && el('small', { text: c.variant }),
      el('span', { class: 'price' }, yuan(c.price || 0), c.list > c.price && el('s', { text: yuan(c.list) }), c.list > c.price && el('small', { text: say('afterCoupon') })))),
  el('div', { class: 'card-a' }, el('a', { class: 'act', href: app.conf.base + 'p/' + encodeURIComponent(c.id), target: app.conf.own ? null : '_blank', rel: 'noopener', text: say('view') }), add));
}

function orderCard(app, c) {
  return el('div', { class: 'card' }, el('div', { class: 'card-m' }, art(app, c.pic, 'art'),
    el('div', { class: 'card-t' }, el('span', { class: 'row2' }, el('b', { text: say('order') + ' ' + String(c.id).slice(-6) }), el('small', { class: 'state', text: c.state || '' })),
      ...(c.lines || [c.title]).slice(0, 3).map((l) => el('small', { class: 'line', text: l, dir: 'auto' })),
      el('small', { text: say('orderTotal', { sum: yuan(c.price || 0) }) + (c.at ? ' · ' + date(c.at) : '') }))),
  el('div', { class: 'card-a' }, el('a', { class: 'act', href: app.conf.base + 'orders/' + encodeURIComponent(c.id), target: app.conf.own ? null : '_blank', rel: 'noopener', text: say('orderView') })));
}

function couponCard(app, c, ref) {
  const over = c.until && app.clock.now() > c.until;
  const claim = textButton('act', over ? say('couponOver') : say('claim'), async () => {
    claim.disabled = true;
    try { await askShop(app, 'coupons', { coupon: ref || c.id }); claim.textContent = say('claimed'); app.did('coupon', { id: ref || c.id }); } catch (e) { claim.disabled = false; app.ui.toast(excuse(e.code)); }
  });
  claim.disabled = !!over;
  return el('div', { class: 'card coupon' }, el('div', { class: 'card-m' }, el('span', { class: 'worth', text: yuan(c.price || 0) }),
    el('div', { class: 'card-t' }, el('b', { text: c.title, dir: 'auto' }), el('small', { text: c.min ? say('couponMin', { sum: yuan(c.min) }) : say('couponAny') }), c.until && el('small', { text: say('couponUntil', { date: date(c.until) }) }))),
  el('div', { class: 'card-a' }, claim));
}

/** One's own orders, to pick one. pick(card) gets it. */
export function orderPicker(app, pick) {
  const list = el('div', { class: 'picks' }, el('p', { class: 'hint', text: say('loading') }));
  const sheet = app.ui.sheet({ title: say('ordersPick'), body: [list] });
  const load = async () => {
    try {
      const { items } = await askShop(app, 'orders');
      if (!items.length) { list.replaceChildren(el('p', { class: 'hint', text: say('ordersNone') })); return; }
      list.replaceChildren(...items.map((c) => el('button', { type: 'button', class: 'pick', onclick: () => { sheet.close(); pick(c); } }, art(app, c.pic, 'art'),
        el('span', { class: 'card-t' }, el('span', { class: 'row2' }, el('b', { text: c.title, dir: 'auto' }), el('small', { class: 'state', text: c.state || '' })),
          el('small', { text: (c.at ? date(c.at) + ' · ' : '') + say('orderTotal', { sum: yuan(c.price || 0) }) }), el('small', { class: 'line', text: c.id })))));
      list.querySelector('button').focus();
    } catch { list.replaceChildren(el('p', { class: 'hint', text: say('ordersBad') }), textButton('go', say('retry'), load)); }
  };
  load();
}
