// Voice notes: recorded as WAV, 16 kHz, mono, 16 bit, at most 60 s, because everybody can play that; and played, with the
// wave as a slider.

import { el, icon, iconButton } from './dom.js';
import { say } from './words.js';

const RATE = 16_000, MAX = 60, MIN = 0.6, PARTS = 48; // Hz, s, s, bars

/** Samples at 16 kHz as a WAV file. */
export function wav(samples) {
  const n = samples.length, v = new DataView(new ArrayBuffer(44 + 2 * n));
  const text = (at, s) => { for (let i = 0; i < s.length; i++) v.setUint8(at + i, s.charCodeAt(i)); };
  text(0, 'RIFF'); v.setUint32(4, 36 + 2 * n, true); text(8, 'WAVEfmt ');
  v.setUint32(16, 16, true); v.setUint16(20, 1, true); v.setUint16(22, 1, true);
  v.setUint32(24, RATE, true); v.setUint32(28, 2 * RATE, true); v.setUint16(32, 2, true); v.setUint16(34, 16, true);
  text(36, 'data'); v.setUint32(40, 2 * n, true);
  for (let i = 0; i < n; i++) { const s = Math.max(-1, Math.min(1, samples[i])); v.setInt16(44 + 2 * i, s * (s < 0 ? 0x8000 : 0x7fff), true); }
  return new Blob([v], { type: 'audio/wav' });
}

/** Loudness of equal parts, 0…255. */
export function waveOf(samples) {
  const parts = Math.max(1, Math.min(PARTS, Math.floor(samples.length / 800))), out = [];
  for (let p = 0; p < parts; p++) {
    let sum = 0;
    const from = Math.floor(p * samples.length / parts), to = Math.floor((p + 1) * samples.length / parts);
    for (let i = from; i < to; i++) sum += samples[i] * samples[i];
    out.push(Math.min(255, Math.round(255 * Math.min(1, 3 * Math.sqrt(sum / Math.max(1, to - from))))));
  }
  return out;
}

async function resample(chunks, length, rate) {
  const all = new Float32Array(length);
  let at = 0;
  for (const c of chunks) { all.set(c.subarray(0, Math.min(c.length, length - at)), at); at += c.length; if (at >= length) break; }
  if (rate === RATE) return all;
  const off = new OfflineAudioContext(1, Math.max(1, Math.round(length * RATE / rate)), RATE), buf = off.createBuffer(1, length, rate);
  buf.copyToChannel(all, 0);
  const src = off.createBufferSource();
  src.buffer = buf; src.connect(off.destination); src.start();
  return (await off.startRendering()).getChannelData(0);
}

/** Listens to the microphone until stop() or cancel(). level(0…1, seconds) is called as it goes; full() at 60 s. */
async function record({ base, level, full }) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true } });
  const ctx = new AudioContext(), rate = ctx.sampleRate, chunks = [];
  let length = 0, over = false;
  const take = (block) => {
    if (over) return;
    chunks.push(block);
    length += block.length;
    let top = 0;
    for (let i = 0; i < block.length; i += 8) top = Math.max(top, Math.abs(block[i]));
    level(top, length / rate);
    if (length >= MAX * rate) { over = true; length = MAX * rate; full(); }
  };
  const src = ctx.createMediaStreamSource(stream), quiet = ctx.createGain();
  let node;
  quiet.gain.value = 0;
  try {
    await ctx.audioWorklet.addModule(base + 'widget-recorder.js');
    node = new AudioWorkletNode(ctx, 'agentdesk-recorder', { numberOfOutputs: 1 });
    node.port.onmessage = (e) => take(e.data);
  } catch { // the page's policy may not allow the module
    node = ctx.createScriptProcessor(4096, 1, 1);
    node.onaudioprocess = (e) => take(e.inputBuffer.getChannelData(0).slice());
  }
  src.connect(node).connect(quiet).connect(ctx.destination);
  if (ctx.state === 'suspended') await ctx.resume();
  const end = () => { over = true; node.disconnect(); src.disconnect(); stream.getTracks().forEach((t) => t.stop()); return ctx.close().catch(() => {}); };
  return { cancel: end, async stop() { await end(); return resample(chunks, length, rate); } };
}

/** The recorder in the composer's place. send(blob, secs, wave) gets a finished note. */
export function makeVoice({ conf, toast, send, shown }) {
  const box = el('div', { class: 'rec', role: 'group', 'aria-label': say('recording'), hidden: true });
  const time = el('span', { class: 'rec-time', text: '0:00', role: 'timer' }), bars = el('span', { class: 'rec-bars', 'aria-hidden': 'true' });
  const able = !!(navigator.mediaDevices && navigator.mediaDevices.getUserMedia && window.AudioContext);
  let rec = null, starting = false, lastBar = 0;
  const drop = iconButton('rec-x', say('recordCancel'), 'x', () => cancel());
  const go = iconButton('send', say('recordSend'), 'send', () => finish(), 17);
  for (let i = 0; i < 28; i++) bars.append(el('i'));
  box.append(drop, el('span', { class: 'rec-dot', 'aria-hidden': 'true' }), time, bars, go);
  box.addEventListener('keydown', (e) => { if (e.key === 'Escape') { e.stopPropagation(); cancel(); } });

  function level(top, secs) {
    time.textContent = Math.floor(secs / 60) + ':' + String(Math.floor(secs % 60)).padStart(2, '0');
    if (performance.now() - lastBar < 80) return;
    lastBar = performance.now();
    const b = bars.firstChild;
    b.style.height = Math.round(3 + 21 * Math.min(1, 1.6 * top)) + 'px';
    bars.append(b);
  }
  function show(on) { box.hidden = !on; shown(on); if (on) go.focus(); }
  async function start() {
    if (rec || starting) return;
    starting = true;
    for (const b of bars.children) b.style.height = '3px';
    time.textContent = '0:00';
    try {
      rec = await record({ base: conf.base, level, full: () => { box.classList.add('full'); finish(); } });
      show(true);
    } catch (e) {
      toast(say(e && e.name === 'NotFoundError' ? 'micNone' : 'micNo'));
    } finally { starting = false; }
  }
  async function cancel() { const r = rec; rec = null; show(false); if (r) await r.cancel(); }
  async function finish() {
    const r = rec;
    if (!r) return;
    rec = null;
    const samples = await r.stop();
    show(false);
    if (samples.length < MIN * RATE) return toast(say('tooShort'));
    send(wav(samples), Math.min(MAX, Math.ceil(samples.length / RATE)), waveOf(samples));
  }
  return { box, able, start, cancel, get busy() { return !!rec; } };
}

// ---- playing

const bytes = (wave) => (typeof wave === 'string' ? Uint8Array.from(atob(wave), (c) => c.charCodeAt(0)) : wave || []);
let playing = null; // one note at a time

/** A note with its wave. url() gives where the sound is. */
export function player({ secs, wave, url }) {
  let values = [];
  try { values = [...bytes(wave)]; } catch { /* no wave: even bars */ }
  const n = Math.max(8, Math.min(24, Math.round(8 + (secs || 1) * 1.2)));
  const bars = el('span', { class: 'wave', 'aria-hidden': 'true' });
  for (let i = 0; i < n; i++) {
    const v = values.length ? Math.max(...values.slice(Math.floor(i * values.length / n), Math.max(Math.floor((i + 1) * values.length / n), Math.floor(i * values.length / n) + 1))) : 60;
    const b = el('i');
    b.style.height = Math.round(4 + 16 * Math.min(1, v / 200)) + 'px';
    bars.append(b);
  }
  const box = el('button', { type: 'button', class: 'voice', 'aria-label': say('play', { n: secs || 1 }) });
  const mark = el('span', { class: 'voice-i' }, icon('play', 14)), left = el('span', { class: 'voice-s', text: (secs || 1) + '″' });
  box.append(mark, bars, left);
  let audio = null, frame = 0;
  const draw = () => {
    const share = audio && audio.duration ? audio.currentTime / audio.duration : 0;
    [...bars.children].forEach((b, i) => b.classList.toggle('on', !!audio && !audio.paused && i / n <= share));
    left.textContent = Math.max(0, Math.ceil((secs || 1) - (audio && !audio.paused ? audio.currentTime : 0))) + '″';
    if (audio && !audio.paused) frame = requestAnimationFrame(draw);
  };
  const idle = () => { cancelAnimationFrame(frame); mark.replaceChildren(icon('play', 14)); box.setAttribute('aria-label', say('play', { n: secs || 1 })); if (playing === stop) playing = null; draw(); };
  const stop = () => { if (audio) { audio.pause(); audio.currentTime = 0; } idle(); };
  box.addEventListener('click', async () => {
    if (audio && !audio.paused) return stop();
    if (playing) playing();
    playing = stop;
    try {
      if (!audio) { audio = new Audio(await url()); audio.addEventListener('ended', idle); audio.addEventListener('error', idle); }
      await audio.play();
      mark.replaceChildren(icon('stop', 14));
      box.setAttribute('aria-label', say('pause'));
      draw();
    } catch { audio = null; idle(); }
  });
  return box;
}

/** Two soft tones for a message that came while one looked elsewhere. */
export function chime() {
  try {
    const ctx = new AudioContext();
    [[660, 0], [880, 0.12]].forEach(([hz, at]) => {
      const o = ctx.createOscillator(), g = ctx.createGain(), t = ctx.currentTime + at;
      o.frequency.value = hz;
      g.gain.setValueAtTime(0, t); g.gain.linearRampToValueAtTime(0.08, t + 0.02); g.gain.exponentialRampToValueAtTime(0.0001, t + 0.3);
      o.connect(g).connect(ctx.destination); o.start(t); o.stop(t + 0.32);
    });
    setTimeout(() => ctx.close().catch(() => {}), 900);
  } catch { /* no sound here */ }
}
