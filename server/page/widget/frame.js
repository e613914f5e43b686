// The chat's window in somebody else's page: a shadow root, so that neither side's styles reach the other, in the browser's
// top layer, so that neither transforms nor stacking orders of the page do.

import css from './widget.css';
import { theme } from './conf.js';
import { el, icon, iconButton, trapTab } from './dom.js';
import { say } from './words.js';

/** Makes the window. shown(on) hears when it opens or is put away. */
export function makeFrame({ conf, title, shown }) {
  const host = document.createElement('agentdesk-chat'), root = host.attachShadow({ mode: 'open' });
  try {
    const sheet = new CSSStyleSheet(); // no inline style: pages forbid that
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
  } catch { root.append(el('style', { text: css })); }
  host.lang = conf.lang === 'zh' ? 'zh-CN' : 'en';

  const head = el('div', { class: 'head' }), bar = el('div', { class: 'bar', role: 'status', hidden: true }), stage = el('div', { class: 'stage' }), foot = el('div', { class: 'foot' });
  const toasts = el('div', { class: 'toast', role: 'status', 'aria-live': 'polite' });
  const panel = el('section', { class: 'panel', role: 'dialog', 'aria-label': title, tabindex: '-1' }, head, bar, stage, foot, toasts);
  const badge = el('span', { class: 'badge', 'aria-hidden': 'true', hidden: true }), label = el('span', { text: say('open') });
  const opener = el('button', { type: 'button', class: 'opener', 'aria-haspopup': 'dialog', onclick: () => show(true, true) }, icon('chat', 20), label, badge);
  const box = el('div', { class: 'box' + (conf.left ? ' left' : '') }, panel, opener);
  root.append(box);
  for (const [k, v] of Object.entries({ ...theme(conf.color), '--x': conf.x + 'px', '--y': conf.y + 'px' })) box.style.setProperty(k, v);

  const narrow = matchMedia('(max-width: 480px)');
  const full = () => narrow.matches && !panel.hidden;
  const fit = () => {
    panel.toggleAttribute('aria-modal', false);
    if (full()) panel.setAttribute('aria-modal', 'true');
    const v = window.visualViewport; // what a keyboard on the screen leaves
    box.style.setProperty('--h', full() && v ? Math.round(v.height) + 'px' : '100dvh');
    box.style.setProperty('--top', full() && v ? Math.round(v.offsetTop) + 'px' : '0px');
  };
  narrow.addEventListener('change', fit);
  if (window.visualViewport) { visualViewport.addEventListener('resize', fit); visualViewport.addEventListener('scroll', fit); }

  const sheets = [];
  panel.addEventListener('keydown', (e) => {
    if (e.isComposing) return;
    if (e.key === 'Escape') {
      e.stopPropagation();
      if (sheets.length) sheets[sheets.length - 1].close(); else show(false, true);
    } else if (sheets.length) trapTab(sheets[sheets.length - 1].box, e);
    else if (full()) trapTab(panel, e);
  });

  function show(on, byHand) {
    panel.hidden = !on;
    opener.hidden = on;
    opener.setAttribute('aria-expanded', String(on));
    fit();
    shown(on, !!byHand);
    if (byHand && !on) opener.focus();
  }

  /** A layer over the log: title, body, foot. It keeps the focus and gives it back. */
  function sheet({ title, body, foot: below, focus, onclose, cls = '' }) {
    const back = root.activeElement;
    const layer = { close };
    const close_ = iconButton('x', say('close'), 'x', close);
    layer.box = el('div', { class: 'sheet ' + cls, role: 'dialog', 'aria-modal': 'true', 'aria-label': title },
      el('div', { class: 'sheet-h' }, el('h2', { text: title }), close_), el('div', { class: 'sheet-b' }, ...body), below && el('div', { class: 'sheet-f' }, ...below));
    for (const n of [head, bar, stage, foot, ...sheets.map((s) => s.box)]) n.inert = true;
    sheets.push(layer);
    panel.append(layer.box);
    (focus || close_).focus();
    function close() {
      const at = sheets.indexOf(layer);
      if (at < 0) return;
      sheets.splice(at, 1);
      layer.box.remove();
      for (const n of sheets.length ? [sheets[sheets.length - 1].box] : [head, bar, stage, foot]) n.inert = false;
      if (onclose) onclose();
      if (back && back.isConnected && !back.closest('[inert]')) back.focus();
    }
    return layer;
  }

  let toastTimer = 0;
  function toast(text) {
    toasts.textContent = text;
    toasts.classList.add('on');
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => { toasts.classList.remove('on'); toasts.textContent = ''; }, 4000);
  }

  /** One picture, large, over everything. */
  function lightbox(url, alt) {
    const back = root.activeElement;
    const off = () => { view.remove(); if (back && back.isConnected) back.focus(); };
    const x = iconButton('x', say('close'), 'x', off, 22);
    const view = el('div', { class: 'light', role: 'dialog', 'aria-modal': 'true', 'aria-label': alt, onclick: (e) => { if (e.target.tagName !== 'IMG') off(); } }, el('img', { src: url, alt }), x);
    view.addEventListener('keydown', (e) => { e.stopPropagation(); if (e.key === 'Escape') off(); else trapTab(view, e); });
    box.append(view);
    x.focus();
  }

  function unread(n) {
    badge.hidden = !n;
    badge.textContent = n > 99 ? '99+' : String(n);
    const name = say('open') + (n ? '，' + say('unread', { n }) : '');
    if (opener.getAttribute('aria-label') !== name) opener.setAttribute('aria-label', name);
  }
  unread(0);

  function mount() {
    document.documentElement.append(host);
    try { host.popover = 'manual'; host.showPopover(); } catch { /* an older browser: the stacking order has to do */ }
  }

  return { host, root, box, panel, head, bar, stage, foot, opener, sheet, toast, lightbox, unread, show, mount, fit, get open() { return !panel.hidden; }, get layered() { return sheets.length > 0; } };
}
