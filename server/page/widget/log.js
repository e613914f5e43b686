// The log: keeps one node an item, so that a screen reader hears only what is new, and holds the place where one reads.

import { node } from './bubble.js';
import { el, icon } from './dom.js';
import { brief } from './talk.js';
import { say } from './words.js';

const PAGE = 120; // items at once

/** Makes the log into the stage. */
export function makeLog(app) {
  const list = el('div', { class: 'list' });
  const box = el('div', { class: 'log', role: 'log', 'aria-live': 'polite', 'aria-relevant': 'additions', 'aria-label': app.title, tabindex: '0' }, list);
  const down = el('button', { type: 'button', class: 'latest', hidden: true, onclick: () => toEnd() }, icon('down', 14), el('span', { text: say('latest') }));
  app.ui.stage.append(box, down);
  const nodes = new Map();
  let limit = PAGE, stuck = true, items = [], open = null, behind = 0;

  const atEnd = () => box.scrollHeight - box.scrollTop - box.clientHeight < 48;
  function toEnd() { stuck = true; behind = 0; box.scrollTop = box.scrollHeight; mark(); }
  function mark() { down.hidden = stuck; down.lastChild.textContent = behind ? say('newest', { n: behind }) : say('latest'); }
  box.addEventListener('scroll', () => { follow(); stuck = atEnd(); if (stuck) behind = 0; mark(); }, { passive: true });
  new ResizeObserver(() => { if (stuck) box.scrollTop = box.scrollHeight; }).observe(list);

  function show(all, stick) {
    items = all;
    if (stick) { stuck = true; limit = PAGE; }
    const cut = Math.max(0, all.length - limit), want = all.slice(cut);
    if (cut) want.unshift({ key: 'earlier', type: 'earlier', print: '' });
    const stay = new Set(want.map((w) => w.key));
    for (const [key, n] of nodes) if (!stay.has(key)) { n.node.remove(); nodes.delete(key); }
    let prev = null, fresh = 0;
    for (const it of want) {
      let n = nodes.get(it.key);
      if (!n || n.print !== it.print) {
        const made = node(app, it);
        made.dataset.key = it.key;
        const focus = n && n.node.contains(app.ui.root.activeElement);
        if (n) n.node.replaceWith(made); else if (it.type === 'theirs' || it.type === 'notice') fresh++;
        n = { print: it.print, node: made };
        nodes.set(it.key, n);
        if (focus) box.focus({ preventScroll: true });
      }
      const next = prev ? prev.nextSibling : list.firstChild;
      if (next !== n.node) list.insertBefore(n.node, next);
      prev = n.node;
    }
    if (stuck) box.scrollTop = box.scrollHeight; else { behind += fresh; mark(); }
    follow();
  }

  function earlier() {
    const before = box.scrollHeight - box.scrollTop;
    limit += PAGE;
    stuck = false;
    show(items);
    box.scrollTop = box.scrollHeight - before;
    box.focus({ preventScroll: true });
  }

  function reveal(id) {
    const i = items.findIndex((it) => it.key === id);
    if (i < 0) return;
    if (items.length - i > limit) { limit = items.length - i + 10; show(items); }
    const n = nodes.get(id);
    if (!n) return;
    stuck = false;
    n.node.scrollIntoView({ block: 'center' });
    n.node.classList.add('lit');
    setTimeout(() => n.node.classList.remove('lit'), 1600);
  }

  // ---- what one can do with a message

  function closeMenu(focus) {
    if (!open) return;
    const o = open;
    open = null;
    o.menu.remove();
    o.from.setAttribute('aria-expanded', 'false');
    if (focus) o.from.focus();
  }

  // The menu stays at its message, as the log also scrolls by itself, and goes with it out of sight.
  function follow() {
    if (!open) return;
    const { menu: m, from } = open, stage = app.ui.stage.getBoundingClientRect(), view = box.getBoundingClientRect(), at = from.getBoundingClientRect();
    if (!from.isConnected || at.bottom < view.top || at.top > view.bottom) return closeMenu();
    m.style.top = Math.max(4, Math.min(stage.height - m.offsetHeight - 4, at.bottom - stage.top + 2)) + 'px';
    m.style.left = Math.max(4, Math.min(stage.width - m.offsetWidth - 4, at.left - stage.left)) + 'px';
  }

  function menu(it, from) {
    if (open && open.from === from) return closeMenu(true);
    closeMenu();
    const { e } = it, text = (e.p && e.p.text) || '';
    const acts = [];
    acts.push(['reply', 'quote', () => app.composer.quote(e.id, brief(e.b, e.p))]);
    if (text && navigator.clipboard) acts.push(['copy', 'copy', () => navigator.clipboard.writeText(text).catch(() => {})]);
    if (it.type === 'mine' && it.fresh) acts.push(['undo', 'recall', () => app.recall(it.conv, e)]);
    const m = el('div', { class: 'menu', role: 'menu', 'aria-label': say('actions') }, ...acts.map(([pic, word, fn]) =>
      el('button', { type: 'button', role: 'menuitem', tabindex: '-1', onclick: () => { closeMenu(true); fn(); } }, icon(pic, 15), say(word))));
    m.addEventListener('keydown', (k) => {
      const all = [...m.children], at = all.indexOf(app.ui.root.activeElement);
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[k.key];
      if (to != null) { k.preventDefault(); all[(to + all.length) % all.length].focus(); }
      if (k.key === 'Escape' || k.key === 'Tab') { k.preventDefault(); k.stopPropagation(); closeMenu(true); }
    });
    app.ui.stage.append(m);
    open = { menu: m, from };
    follow();
    from.setAttribute('aria-expanded', 'true');
    m.firstChild.focus();
  }
  app.ui.root.addEventListener('pointerdown', (e) => { if (open && !open.menu.contains(e.target) && !open.from.contains(e.target)) closeMenu(); });
  // Holding a finger on a message, or the right button, asks for the same.
  list.addEventListener('contextmenu', (e) => {
    const row = e.target.closest('[data-key]'), dots = row && row.querySelector('.dots');
    if (!dots || e.target.closest('a, img') || String(app.ui.root.getSelection ? app.ui.root.getSelection() : '')) return;
    e.preventDefault();
    dots.click();
  });

  return { box, show, toEnd, earlier, reveal, menu, get stuck() { return stuck; } };
}
