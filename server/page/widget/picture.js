// Pictures before they are sent: read, drawn anew at a size that is enough (which also leaves out where and with what they
// were taken), and looked at once more by the customer.

import { el, textButton, iconButton } from './dom.js';
import { say } from './words.js';

const SIDE = 2560, MAX_FILE = 60 << 20, MAX_OUT = 10 << 20, MAX_PIXELS = 120e6, AT_ONCE = 9;

// The size stands in the file's first bytes: a bomb is known before it is unpacked.
function measure(file) {
  const url = URL.createObjectURL(file), img = new Image();
  return new Promise((ok) => {
    img.onload = () => ok(img.naturalWidth && { w: img.naturalWidth, h: img.naturalHeight });
    img.onerror = () => ok(null);
    img.src = url;
  }).finally(() => { img.src = ''; URL.revokeObjectURL(url); });
}

/** Makes a picture fit to be sent. Fails with {code}: bad (no picture), big. */
export async function shrink(file) {
  const fail = (code) => Object.assign(new Error(code), { code });
  if (!/^image\//.test(file.type) && file.type) throw fail('bad');
  if (file.size > MAX_FILE) throw fail('big');
  const size = await measure(file);
  if (!size) throw fail('bad');
  if (size.w * size.h > MAX_PIXELS) throw fail('big');
  let bitmap;
  try { bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' }); } catch { throw fail('bad'); }
  const { width, height } = bitmap, scale = Math.min(1, SIDE / Math.max(width, height));
  if (file.type === 'image/gif' && scale === 1 && file.size <= MAX_OUT) { bitmap.close(); return { blob: file, w: width, h: height }; } // it may move
  const w = Math.max(1, Math.round(width * scale)), h = Math.max(1, Math.round(height * scale));
  const canvas = el('canvas');
  canvas.width = w; canvas.height = h;
  const g = canvas.getContext('2d');
  if (!g) throw fail('big');
  const png = file.type === 'image/png' && w * h <= 1_000_000; // screenshots stay sharp
  if (!png) { g.fillStyle = '#fff'; g.fillRect(0, 0, w, h); }
  g.imageSmoothingQuality = 'high';
  g.drawImage(bitmap, 0, 0, w, h);
  bitmap.close();
  for (const q of png ? [undefined] : [0.86, 0.7, 0.5]) {
    const blob = await new Promise((ok) => canvas.toBlob(ok, png ? 'image/png' : 'image/jpeg', q));
    if (blob && blob.size <= MAX_OUT) return { blob, w, h };
  }
  throw fail('big');
}

/** Chooses, pastes, drops. send(blob, w, h) is called for each picture after the customer agreed. */
export function makePictures({ ui, toast, send }) {
  const input = el('input', { type: 'file', accept: 'image/*', multiple: true, class: 'sr', tabindex: '-1', 'aria-hidden': 'true' });
  input.addEventListener('change', () => { const f = [...input.files]; input.value = ''; offer(f); });

  async function offer(list) {
    const picked = [...list].filter((f) => /^image\//.test(f.type) || !f.type).slice(0, AT_ONCE);
    if (!picked.length) { if ([...list].length) toast(say('pictureBad')); return; }
    const ready = [];
    for (const f of picked) {
      try { ready.push(await shrink(f)); } catch (e) { toast(say(e.code === 'big' ? 'pictureBig' : 'pictureBad')); }
    }
    if (ready.length) preview(ready);
  }

  function preview(list) {
    const urls = list.map((p) => URL.createObjectURL(p.blob));
    let sheet;
    const grid = el('div', { class: 'shots' + (list.length === 1 ? ' one' : '') });
    const go = textButton('go', '', () => { const all = list.slice(); sheet.close(); for (const p of all) send(p.blob, p.w, p.h); });
    const draw = () => {
      go.textContent = list.length === 1 ? say('pictureSend') : say('pictureSends', { n: list.length });
      grid.replaceChildren(...list.map((p, i) => el('div', { class: 'shot' }, el('img', { src: urls[i], alt: say('image') + ' ' + (i + 1) }),
        list.length > 1 && iconButton('off', say('drop'), 'x', () => { list.splice(i, 1); URL.revokeObjectURL(urls.splice(i, 1)[0]); draw(); }, 14))));
    };
    draw();
    sheet = ui.sheet({ title: say('picture'), body: [grid, el('p', { class: 'hint', text: say('pictureHint') })], foot: [go], focus: go, onclose: () => urls.forEach((u) => URL.revokeObjectURL(u)) });
  }

  return { input, choose: () => input.click(), offer };
}
