// Where the customer writes: text, pictures, voice, and what stands behind the plus.

import { orderPicker } from './cards.js';
import { el, icon, iconButton, textButton } from './dom.js';
import { makePictures } from './picture.js';
import { makeVoice } from './voice.js';
import { say } from './words.js';

const MAX_TEXT = 65_536, TALLEST = 96; // bytes, px
const faces = '😊 😄 😂 🥰 😍 🤔 😅 😭 😢 😡 😱 🙏 👍 👌 👏 💪 ❤️ 💔 🌹 🎉 🎁 ☕ 🌙 ☀️ 💄 🧴 🧖‍♀️ 💧 📦 🚚 💰 ✅'.split(' ');

/** Makes the composer into the foot. */
export function makeComposer(app) {
  const { conf, ui } = app;
  const text = el('textarea', { rows: '1', placeholder: say('write'), 'aria-label': say('write'), enterkeyhint: 'send', maxlength: '70000' });
  const send = iconButton('send', say('send'), 'send', () => submit(), 17);
  const pictures = makePictures({ ui, toast: ui.toast, send: (blob, w, h) => app.post({ kind: 'image', att: [{ mime: blob.type, w, h }], ...takeQuote() }, { file: blob }) });
  const voice = makeVoice({ conf, toast: ui.toast, shown: (on) => { row.hidden = on; if (!on) text.focus(); }, send: (blob, secs, wave) => app.post({ kind: 'voice', att: [{ mime: blob.type, secs, wave: btoa(String.fromCharCode(...wave)) }], ...takeQuote() }, { file: blob }) });
  const image = iconButton('tool', say('picture'), 'image', pictures.choose, 19), mic = voice.able && iconButton('tool', say('voice'), 'mic', voice.start, 19);
  const plus = iconButton('plus', say('more'), 'plus', () => (drawer.hidden ? openDrawer() : closeDrawer()), 16);
  plus.setAttribute('aria-expanded', 'false');
  const row = el('div', { class: 'row' }, image, mic, el('div', { class: 'field-t' }, text, plus), send);
  const chips = el('div', { class: 'quick', role: 'group', 'aria-label': say('more'), hidden: true });
  const quoted = el('div', { class: 'quoting', hidden: true }), drawer = el('div', { class: 'drawer', hidden: true });
  ui.foot.append(quoted, row, voice.box, drawer, pictures.input, el('div', { class: 'fine', text: say('note') }));
  ui.panel.insertBefore(chips, ui.foot);

  // ---- text

  function grow() {
    text.style.height = '';
    if (text.value) text.style.height = Math.min(TALLEST, text.scrollHeight + 2) + 'px';
    send.disabled = !text.value.trim();
  }
  function submit() {
    const said = text.value.trim();
    if (!said) return;
    if (new TextEncoder().encode(said).length > MAX_TEXT) return ui.toast(say('tooLong'));
    text.value = '';
    app.store.del('draft');
    grow();
    typed(false);
    app.post({ kind: 'text', text: said, ...takeQuote() });
    text.focus();
  }
  let draftTimer = 0, ended = 0;
  text.addEventListener('input', () => {
    grow();
    clearTimeout(draftTimer);
    draftTimer = setTimeout(() => app.store.set('draft', text.value), 300);
    typed(!!text.value);
  });
  // The Enter that ends a word of an input method is not one that sends. Safari says so only by the key code.
  text.addEventListener('compositionend', () => { ended = performance.now(); });
  text.addEventListener('keydown', (e) => {
    if (e.isComposing || e.keyCode === 229) { e.stopPropagation(); return; }
    if (e.key === 'Enter' && !e.shiftKey && !e.altKey && performance.now() - ended > 30) { e.preventDefault(); submit(); }
    if (e.key === 'Escape' && quote) { e.stopPropagation(); setQuote(null); }
    if (e.key === 'Escape' && !drawer.hidden) { e.stopPropagation(); closeDrawer(true); }
  });
  text.addEventListener('keypress', (e) => { if (e.key === 'Enter' && !e.shiftKey && !e.altKey && !e.isComposing) e.preventDefault(); });
  text.addEventListener('paste', (e) => {
    const f = [...((e.clipboardData && e.clipboardData.files) || [])];
    if (f.length) { e.preventDefault(); pictures.offer(f); }
  });

  let typedAt = -Infinity, typedTimer = 0;
  function typed(on) {
    clearTimeout(typedTimer);
    if (!app.copy.conv || !app.link.open) return;
    if (!on) { if (typedAt > 0) app.link.put({ t: 'typing', conv: app.copy.conv, on: false }); typedAt = -Infinity; return; }
    if (performance.now() - typedAt > 3000) { typedAt = performance.now(); app.link.put({ t: 'typing', conv: app.copy.conv, on: true }); }
    typedTimer = setTimeout(() => typed(false), 5000);
  }

  // ---- dropping files on the chat

  let over = 0;
  const drop = el('div', { class: 'drop', hidden: true, 'aria-hidden': 'true' }, icon('image', 28), el('span', { text: say('dropHere') }));
  ui.panel.append(drop);
  const carries = (e) => e.dataTransfer && [...e.dataTransfer.types].includes('Files');
  ui.panel.addEventListener('dragenter', (e) => { if (carries(e)) { e.preventDefault(); over++; drop.hidden = false; } });
  ui.panel.addEventListener('dragleave', (e) => { if (carries(e) && --over <= 0) { over = 0; drop.hidden = true; } });
  ui.panel.addEventListener('dragover', (e) => { if (carries(e)) e.preventDefault(); });
  ui.panel.addEventListener('drop', (e) => { if (carries(e)) { e.preventDefault(); over = 0; drop.hidden = true; pictures.offer(e.dataTransfer.files); } });

  // ---- quoting

  let quote = null;
  function setQuote(q) {
    quote = q;
    quoted.hidden = !q;
    quoted.replaceChildren();
    if (q) { quoted.append(el('span', { dir: 'auto', text: say('quote') + '：' + q.brief.slice(0, 200) }), iconButton('x', say('cancel'), 'x', () => { setQuote(null); text.focus(); }, 14)); text.focus(); }
  }
  function takeQuote() { const q = quote; if (q) setQuote(null); return q ? { re: q.id } : {}; }

  // ---- behind the plus

  function openDrawer() {
    const act = (pic, word, fn) => el('button', { type: 'button', class: 'act-b', onclick: () => { closeDrawer(); fn(); } }, el('span', { class: 'act-i' }, icon(pic, 20)), el('span', { text: say(word) }));
    const acts = [act('bag', 'orders', () => orderPicker(app, (c) => app.post({ kind: 'order', ref: c.id, show: c })))];
    if (/^p-/.test(conf.page)) acts.push(act('ticket', 'productSend', () => app.post({ kind: 'product', ref: conf.page, show: { id: conf.page, title: conf.title } })));
    acts.push(el('button', { type: 'button', class: 'act-b', onclick: () => emojis() }, el('span', { class: 'act-i' }, icon('smile', 20)), el('span', { text: say('emoji') })));
    acts.push(act(app.sound ? 'bell' : 'mute', app.sound ? 'soundOff' : 'soundOn', () => { app.setSound(!app.sound); text.focus(); }));
    if (app.consents()) acts.push(act(app.reminded() ? 'mute' : 'bell', app.reminded() ? 'remindOff' : 'remindOn', () => app.remind(!app.reminded())));
    if (app.rateable()) acts.push(act('star', 'rateIt', app.askRating));
    if (app.copy.conv) acts.push(act('end', 'endIt', app.end));
    drawer.replaceChildren(el('div', { class: 'acts' }, ...acts));
    drawer.hidden = false;
    plus.setAttribute('aria-expanded', 'true');
    plus.classList.add('on');
    drawer.querySelector('button').focus();
  }
  function emojis() {
    drawer.replaceChildren(el('div', { class: 'faces' }, ...faces.map((f) => textButton('', f, () => insert(f)))));
    drawer.querySelector('button').focus();
  }
  function closeDrawer(focus) {
    drawer.hidden = true;
    plus.setAttribute('aria-expanded', 'false');
    plus.classList.remove('on');
    if (focus) plus.focus();
  }
  drawer.addEventListener('keydown', (e) => {
    if (e.key === 'Escape') { e.stopPropagation(); closeDrawer(true); return; }
    const all = [...drawer.querySelectorAll('button')], at = all.indexOf(ui.root.activeElement), to = at + ({ ArrowRight: 1, ArrowLeft: -1, ArrowDown: 8, ArrowUp: -8 }[e.key] || 0);
    if (to !== at && all[to]) { e.preventDefault(); all[to].focus(); }
  });
  function insert(s) {
    text.setRangeText(s, text.selectionStart, text.selectionEnd, 'end');
    text.dispatchEvent(new Event('input'));
  }

  // ---- choices offered

  let chipPrint = '';
  function setQuick(list) {
    const print = JSON.stringify(list);
    if (print === chipPrint) return;
    chipPrint = print;
    chips.replaceChildren(...list.map((q) => { const b = textButton('chip', q, () => { app.post({ kind: 'text', text: q }); text.focus(); }); b.dir = 'auto'; return b; }));
    chips.hidden = !list.length;
  }

  text.value = app.store.get('draft') || '';
  grow();
  return {
    text, setQuick, chips,
    quote: (id, brief) => setQuote({ id, brief }),
    take(s) { text.value = s || ''; text.dispatchEvent(new Event('input')); text.focus(); },
    /** Another customer: their draft. */
    reset() { text.value = app.store.get('draft') || ''; setQuote(null); grow(); },
    focus: () => text.focus(),
    grow,
  };
}
