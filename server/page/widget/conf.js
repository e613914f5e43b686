// What the page that embeds the chat asked for, in data attributes of the script tag.

/** Reads the tag. All attributes are optional; docs are in the README. */
export function readConf(script) {
  const d = (script && script.dataset) || {};
  const base = new URL('.', (script && script.src) || location.href).href; // where the shop's server is
  const lang = d.lang || document.documentElement.lang || navigator.language || 'zh';
  const [x, y] = String(d.offset || '').split(',').map(Number);
  return {
    base,
    socket: base.replace(/^http/, 'ws') + 'ws/customer',
    own: new URL(base).origin === location.origin, // the page is the shop's own
    session: d.session ? new URL(d.session, location.href).href : '', // says who the page's visitor is: {token, customer, expires}
    customer: d.customer || '', proof: d.proof || '',
    lang: lang.toLowerCase().startsWith('zh') ? 'zh' : 'en',
    color: /^#[0-9a-f]{6}$/i.test(d.color || '') ? d.color : '#2F4A44',
    brand: d.brand || '', bot: d.bot || '',
    left: d.position === 'left',
    x: Number.isFinite(x) && d.offset ? x : 20, y: Number.isFinite(y) ? y : 14,
    open: d.open || '', // 'wide': open at once where there is room
    page: d.page || '', title: d.title || '', // the product or page that is looked at
    privacy: d.privacy ? new URL(d.privacy, location.href).href : new URL('privacy', base).href,
    avatar: d.avatar ? new URL(d.avatar, location.href).href : '', // {agent} in it is the agent's ID
  };
}

const parse = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
const print = (c) => '#' + c.map((v) => Math.round(v).toString(16).padStart(2, '0')).join('').toUpperCase();
const mix = (a, b, share) => print(parse(a).map((v, i) => v + (parse(b)[i] - v) * share));
const light = (hex) => {
  const [r, g, b] = parse(hex).map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

/** The contrast of two colours, 1…21, as WCAG has it. */
export function contrast(a, b) {
  const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
  return (x + 0.05) / (y + 0.05);
}

/** Derives all colours that hang on the shop's own, so that any choice of it can be read. */
export function theme(color) {
  let ink = color; // on white
  for (let i = 0; contrast(ink, '#FFFFFF') < 4.5 && i < 20; i++) ink = mix(ink, '#000000', 0.12);
  const on = contrast(color, '#FFFFFF') >= 4.5 ? '#FFFFFF' : '#1F1D1A'; // on the colour
  const own = color.toUpperCase() === '#2F4A44';
  return {
    '--c': color, '--ink': ink, '--on': on, '--rim': contrast(color, '#FFFFFF') < 1.5 ? '#CFC7BA' : color,
    '--sub': own ? '#D5E3DE' : mix(on, color, contrast(color, on) > 6 ? 0.18 : 0),
    '--soft': own ? '#E5EEEA' : mix(color, '#FFFFFF', 0.88), '--edge': own ? '#B9C9C3' : mix(color, '#FFFFFF', 0.66),
  };
}
