// Building nodes. Text goes in as text, whatever a message holds: nothing here parses markup.

const SVG = 'http://www.w3.org/2000/svg';

/** Makes an element. Of props: class, text, on<event>, booleans and other properties as such, all else as attributes. */
export function el(tag, props, ...kids) {
  const n = document.createElement(tag);
  for (const [k, v] of Object.entries(props || {})) {
    if (v == null || v === false) continue;
    if (k === 'class') n.className = v;
    else if (k === 'text') n.textContent = v;
    else if (k.startsWith('on')) n.addEventListener(k.slice(2), v);
    else if (v === true) n.setAttribute(k, '');
    else n.setAttribute(k, v);
  }
  n.append(...kids.flat().filter((k) => k != null && k !== false));
  return n;
}

/** Something only screen readers say. */
export const hidden = (text) => el('span', { class: 'sr', text });

const paths = {
  bot: ['M6 6.500h8a2.500 2.500 0 0 1 2.500 2.500v4.500a2.500 2.500 0 0 1-2.500 2.500H6a2.500 2.500 0 0 1-2.500-2.500V9A2.500 2.500 0 0 1 6 6.500zM10 6.500V3.500M8.500 3.500h3M1.800 10v3M18.200 10v3M8 13.500h4', '7.500 10.300 .9', '12.500 10.300 .9'],
  down: ['M5.500 8l4.500 4.500L14.500 8'], send: ['M3.500 10L16.500 4l-4 12.500-3-5z'],
  image: ['M5 4h10a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2zM8.600 8a1.300 1.300 0 1 1-2.600 0 1.300 1.300 0 0 1 2.600 0zM3.500 14.500l4-3.800 3 2.700 2.500-2.200 3.500 3.300'],
  mic: ['M10 3a2.200 2.200 0 0 1 2.200 2.200v4.100a2.200 2.200 0 0 1-4.400 0V5.200A2.200 2.200 0 0 1 10 3zM5 9.500c0 3 2.200 4.800 5 4.800s5-1.800 5-4.800M10 14.500V17'],
  plus: ['M10 4v12M4 10h12'], x: ['M5.500 5.500l9 9M14.500 5.500l-9 9'], check: ['M4.500 10.500l3.600 3.500 7.400-8'],
  more: ['M0 0', '5 10 1.300', '10 10 1.300', '15 10 1.300'],
  shield: ['M10 2.800l6 2.200v4.600c0 3.700-2.500 6.300-6 7.600-3.500-1.300-6-3.900-6-7.600V5zM7.300 9.800l2 2 3.500-3.800'],
  bag: ['M4.500 7h11l.8 9.500H3.700zM7.300 9V6a2.700 2.700 0 0 1 5.400 0v3'],
  home: ['M3.500 9.500L10 4l6.500 5.500M5.500 8.500V16h9V8.500M8.500 16v-4h3v4'],
  pen: ['M4 16l.8-3.300 8.200-8.200 2.500 2.500-8.200 8.200z'],
  smile: ['M16.800 10a6.800 6.800 0 1 1-13.600 0 6.800 6.800 0 0 1 13.600 0zM7 11.800c.8 1.200 1.800 1.700 3 1.700s2.200-.5 3-1.700', '7.700 8.300 .8', '12.300 8.300 .8'],
  bell: ['M5 13.500V9a5 5 0 0 1 10 0v4.500l1 1.500H4zM8.500 17h3'], mute: ['M5 13.500V9a5 5 0 0 1 7-4.600M15 9v4.500l1 1.500H6M8.500 17h3M3.500 3.500l13 13'],
  star: ['!M10 2.600l2.300 4.700 5.200.7-3.800 3.600.9 5.200-4.600-2.500-4.600 2.500.9-5.200L2.500 8l5.200-.7z'],
  end: ['M16.500 10a6.500 6.500 0 1 1-13 0 6.500 6.500 0 0 1 13 0zM7.700 7.700l4.600 4.600M12.300 7.700l-4.600 4.600'],
  chat: ['M4 5.500h12v8H9.500L6 16.300v-2.800H4z'], play: ['!M7 4.800v10.400l8.500-5.200z'], stop: ['!M6 6h8v8H6z'],
  reply: ['M8 5L3.500 9.500 8 14M3.500 9.500H12a4.500 4.500 0 0 1 4.500 4.500v1.500'], undo: ['M7 4.500L3.500 8 7 11.500M3.500 8H12a4 4 0 0 1 0 8H8'],
  ticket: ['M3 6h14v2.500a1.500 1.500 0 0 0 0 3V14H3v-2.500a1.500 1.500 0 0 0 0-3zM12 6v8'],
  file: ['M5.500 3h6l3.500 3.500V17h-9.500zM11 3v4h4M8 10.500h4M8 13.500h4'], copy: ['M7 7h9v9H7zM4 13V4h9'],
};

/** Draws one of the icons above: strokes, '!' filled shapes, and 'x y r' filled dots. */
export function icon(name, size = 18) {
  const s = document.createElementNS(SVG, 'svg');
  const set = (n, o) => { for (const [k, v] of Object.entries(o)) n.setAttribute(k, v); return n; };
  set(s, { width: size, height: size, viewBox: '0 0 20 20', fill: 'none', stroke: 'currentColor', 'stroke-width': 1.6, 'stroke-linecap': 'round', 'stroke-linejoin': 'round', 'aria-hidden': 'true', focusable: 'false' });
  for (const d of paths[name]) {
    if (/^[\d.]+ /.test(d)) {
      const [cx, cy, r] = d.split(' ');
      s.append(set(document.createElementNS(SVG, 'circle'), { cx, cy, r, fill: 'currentColor', stroke: 'none' }));
    } else s.append(set(document.createElementNS(SVG, 'path'), d[0] === '!' ? { d: d.slice(1), fill: 'currentColor', stroke: 'none' } : { d }));
  }
  return s;
}

/** A button with an icon and a name for those who do not see it. */
export const iconButton = (cls, label, name, onclick, size) =>
  el('button', { type: 'button', class: cls, 'aria-label': label, title: label, onclick }, icon(name, size));

/** A button with words. */
export const textButton = (cls, label, onclick) => el('button', { type: 'button', class: cls, text: label, onclick });

/** Keeps Tab inside a box while it is asked to. */
export function trapTab(box, e) {
  if (e.key !== 'Tab') return;
  const all = [...box.querySelectorAll('button, input, select, textarea, a[href], [tabindex="0"]')].filter((n) => !n.disabled && n.tabIndex >= 0 && n.getClientRects().length);
  if (!all.length) return;
  const at = box.getRootNode().activeElement;
  const end = e.shiftKey ? all[0] : all[all.length - 1];
  if (at === end || !all.includes(at)) { e.preventDefault(); (e.shiftKey ? all[all.length - 1] : all[0]).focus(); }
}

/** Fen as people read them: 28900 is ¥289, 28950 is ¥289.50. */
export const yuan = (fen) => '¥' + (fen % 100 ? (fen / 100).toFixed(2) : String(fen / 100));
