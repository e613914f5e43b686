// Forms that a person or the bot asks the customer to fill in, the message one leaves, and the rating at the end.

import { askShop } from './files.js';
import { el, icon, iconButton, textButton } from './dom.js';
import { formTitle } from './talk.js';
import { knows, say } from './words.js';

const phone = (v) => /^1\d{10}$/.test(v.replace(/[\s-]/g, ''));
const contact = (v) => phone(v) || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(v);

const fields = {
  return: [
    { name: 'order', word: 'fOrder', orders: true, must: true },
    { name: 'reason', word: 'fReason', choice: ['allergy', 'broken', 'wrong', 'dislike', 'other'], must: true },
    { name: 'refund', word: 'fRefund', choice: ['money', 'exchange'], must: true },
    { name: 'detail', word: 'fDetail', long: true },
  ],
  address: [
    { name: 'order', word: 'fOrder', orders: true, must: true },
    { name: 'name', word: 'fName', must: true, auto: 'name' },
    { name: 'phone', word: 'fPhone', must: true, ok: phone, bad: 'badPhone', auto: 'tel', type: 'tel' },
    { name: 'region', word: 'fRegion', must: true, auto: 'address-level1' },
    { name: 'street', word: 'fStreet', must: true, auto: 'street-address' },
  ],
  leave: [
    { name: 'contact', word: 'fContact', must: true, ok: contact, bad: 'badContact', auto: 'tel' },
    { name: 'text', word: 'fText', long: true, must: true },
  ],
};

const marks = { return: 'shield', address: 'home', leave: 'pen' };

/** The card that asks for a form. Of a text of several lines the first is the title; of three, the last is the button's. */
export function formCard(app, { form, ref, text, id, done, ask }) {
  const lines = String(text || '').split('\n').filter(Boolean), own = lines.length > 1;
  const title = own ? lines[0] : formTitle(form);
  const label = lines.length > 2 && lines[lines.length - 1].length <= 12 ? lines.pop() : say(form === 'leave' ? 'leave' : 'fill');
  const said = own ? lines.slice(1).join('\n') : lines[0] || say(ask || { return: 'formReturnText', address: 'formAddressText', leave: 'formLeaveText' }[form] || 'fill');
  const act = done ? el('span', { class: 'act done' }, icon('check', 15), say('filled'))
    : textButton('act', label, () => openForm(app, { form, ref, id }));
  return el('div', { class: 'card' }, el('div', { class: 'card-m' }, el('span', { class: 'mark' }, icon(marks[form] || 'file', 19)),
    el('div', { class: 'card-t' }, el('b', { text: title, dir: 'auto' }), el('span', { class: 'say', text: said, dir: 'auto' }))), el('div', { class: 'card-a' }, act));
}

/** What was filled in, as the customer's own message shows it. */
export function filledCard(form, values) {
  const known = fields[form] || [];
  return el('div', { class: 'filled' }, el('b', { text: formTitle(form) }), el('dl', {}, ...known.filter((f) => values && values[f.name]).map((f) => [
    el('dt', { text: say(f.word) }), el('dd', { text: f.choice && knows(values[f.name]) ? say(values[f.name]) : values[f.name], dir: 'auto' })]).flat()));
}

/** Opens a form over the log. id is the message that asked, '' when nobody did. */
export function openForm(app, { form, ref, id }) {
  const list = fields[form];
  if (!list) return;
  const inputs = new Map(), box = el('form', { class: 'form', novalidate: true });
  for (const f of list) {
    const name = 'f-' + f.name, wrong = el('p', { class: 'wrong', id: name + '-w', role: 'alert' });
    let input, row;
    if (f.choice) {
      const group = el('div', { class: 'choices' }, ...f.choice.map((c) => el('label', {}, el('input', { type: 'radio', name, value: c }), el('span', { text: say(c) }))));
      input = { get value() { const on = group.querySelector('input:checked'); return on ? on.value : ''; }, focus: () => group.querySelector('input').focus(), set: () => {} };
      row = el('fieldset', { class: 'field', 'aria-describedby': name + '-w' }, el('legend', { text: say(f.word) }), group, wrong);
    } else {
      const props = { id: name, name: f.name, 'aria-describedby': name + '-w', autocomplete: f.auto || 'off', maxlength: f.long ? 1500 : 120, 'aria-required': f.must ? 'true' : null };
      input = f.long ? el('textarea', { ...props, rows: 3 }) : f.orders ? el('select', props, el('option', { value: '', text: say('choose') })) : el('input', { ...props, type: f.type || 'text' });
      if (f.orders) orders(app, input, ref);
      row = el('div', { class: 'field' }, el('label', { for: name }, say(f.word), !f.must && el('small', { text: say('optional') })), input, wrong);
    }
    inputs.set(f.name, { f, input, wrong, row });
    box.append(row);
  }
  const check = () => {
    let first = null;
    for (const { f, input, wrong, row } of inputs.values()) {
      const v = input.value.trim();
      const why = f.must && !v ? say('needed', { field: say(f.word) }) : v && f.ok && !f.ok(v) ? say(f.bad) : '';
      wrong.textContent = why;
      row.classList.toggle('is-wrong', !!why);
      if (input.setAttribute) input.setAttribute('aria-invalid', String(!!why));
      if (why && !first) first = input;
    }
    if (first) first.focus();
    return !first;
  };
  const go = textButton('go', say('submit'), () => {
    if (!check()) return;
    const values = {};
    for (const [name, { input }] of inputs) { const v = input.value.trim(); if (v) values[name] = v; }
    sheet.close();
    app.post({ kind: 'filled', form, fields: values, ...(id && { re: id }) });
  });
  box.addEventListener('submit', (e) => { e.preventDefault(); go.click(); });
  const sheet = app.ui.sheet({ title: formTitle(form), body: [box], foot: [go], focus: box.querySelector('input, select, textarea') || go });
  (box.querySelector('input, select, textarea') || go).focus();
}

async function orders(app, select, ref) {
  if (ref) { select.append(el('option', { value: ref, text: ref })); select.value = ref; }
  try {
    const { items } = await askShop(app, 'orders');
    for (const c of items) {
      const words = String(c.id).slice(-6) + ' · ' + c.title + (c.state ? ' · ' + c.state : '');
      if (c.id === ref) select.querySelector('option[value="' + CSS.escape(ref) + '"]').textContent = words;
      else select.append(el('option', { value: c.id, text: words }));
    }
  } catch { /* what was asked about is there; others can be told in words */ }
  if (select.options.length === 1 && !ref) select.append(el('option', { value: say('other'), text: say('other') }));
}

// ---- rating

const reasons = (n) => (n >= 4 ? ['fast', 'solved', 'kind', 'expert'] : ['slow', 'unsolved', 'repeated', 'rude']);

/** The card that asks how it was; stars, then reasons. had is what was given before. */
export function rateCard(app, conv, had) {
  const box = el('div', { class: 'rate' });
  const draw = (edit) => {
    if (had && !edit) {
      box.replaceChildren(el('b', { text: say('rated') }), row(had.stars, true), had.reasons.length ? el('p', { class: 'hint', text: had.reasons.map((r) => say(r)).join('、') }) : '', textButton('link', say('rateAgain'), () => draw(true)));
      return;
    }
    let stars = had ? had.stars : 0;
    const picked = new Set(had ? had.reasons : []);
    const more = el('div', { class: 'rate-more' }), word = el('p', { class: 'hint', text: stars ? say('star' + stars) : '' });
    const comment = el('textarea', { rows: 2, maxlength: 500, 'aria-label': say('rateText'), placeholder: say('rateText') });
    comment.value = (had && had.text) || '';
    const send = textButton('go', say('rateSend'), () => { app.rate(conv, { stars, reasons: [...picked], ...(comment.value.trim() && { text: comment.value.trim() }) }); });
    const open = () => {
      word.textContent = say('star' + stars);
      for (const r of [...picked]) if (!reasons(stars).includes(r)) picked.delete(r);
      more.replaceChildren(el('div', { class: 'chips', role: 'group', 'aria-label': say('fReason') }, ...reasons(stars).map((r) => {
        const b = textButton('chip', say(r), () => { if (picked.has(r)) picked.delete(r); else picked.add(r); b.setAttribute('aria-pressed', String(picked.has(r))); });
        b.setAttribute('aria-pressed', String(picked.has(r)));
        return b;
      })), comment, send);
    };
    box.replaceChildren(el('b', { text: say('rate') }), row(stars, false, (n) => { stars = n; open(); }), word, more);
    if (stars) open();
  };
  draw(false);
  return box;
}

function row(value, fixed, set) {
  if (fixed) return el('div', { class: 'stars', role: 'img', 'aria-label': say('stars', { n: value }) }, ...[1, 2, 3, 4, 5].map((n) => { const s = icon('star', 22); if (n <= value) s.classList.add('on'); return s; }));
  const all = [1, 2, 3, 4, 5].map((n) => iconButton('star', say('stars', { n }) + '，' + say('star' + n), 'star', () => pick(n), 26));
  const pick = (n) => { all.forEach((b, i) => { b.classList.toggle('on', i < n); b.setAttribute('aria-pressed', String(i + 1 === n)); }); set(n); };
  all.forEach((b, i) => { b.classList.toggle('on', i < value); b.setAttribute('aria-pressed', String(i + 1 === value)); });
  const box = el('div', { class: 'stars', role: 'group', 'aria-label': say('rate') }, ...all);
  box.addEventListener('keydown', (e) => {
    const at = all.indexOf(e.target), to = e.key === 'ArrowRight' ? at + 1 : e.key === 'ArrowLeft' ? at - 1 : -1;
    if (at >= 0 && all[to]) { e.preventDefault(); all[to].focus(); }
  });
  return box;
}
