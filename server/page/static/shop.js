// What the shop's pages do beyond links and forms. Everything works without it, but for the words that open the chat.
'use strict';
(() => {
  const $$ = (q, in_ = document) => [...in_.querySelectorAll(q)];
  const count = (n) => $$('[data-cart]').forEach((b) => { b.textContent = n; b.parentElement.setAttribute('aria-label', b.parentElement.getAttribute('aria-label').replace(/\d+/, n)); });

  // The gallery.
  const shot = document.querySelector('[data-shot]');
  for (const b of $$('[data-pic]')) {
    b.addEventListener('click', () => {
      shot.src = b.dataset.pic;
      for (const o of $$('[data-pic]')) { o.classList.toggle('on', o === b); o.setAttribute('aria-pressed', String(o === b)); }
    });
  }

  // Into the cart without leaving the page.
  const live = document.createElement('p');
  live.className = 'flash';
  live.setAttribute('role', 'status');
  document.body.append(live);
  let timer = 0;
  const say = (text) => { live.textContent = text; live.classList.add('on'); clearTimeout(timer); timer = setTimeout(() => live.classList.remove('on'), 3500); };
  for (const form of $$('form[data-add]')) {
    form.addEventListener('submit', async (e) => {
      if (!e.submitter || e.submitter.value !== 'add') return;
      e.preventDefault();
      e.submitter.disabled = true;
      try {
        const body = new URLSearchParams(new FormData(form, e.submitter));
        const res = await fetch(form.action, { method: 'POST', body, redirect: 'follow' });
        const page = new DOMParser().parseFromString(await res.text(), 'text/html');
        const said = page.querySelector('.said') || page.querySelector('.empty p'), n = page.querySelector('[data-cart]');
        if (n) count(n.textContent);
        say(said ? said.textContent : '');
      } catch { form.submit(); } finally { e.submitter.disabled = false; }
    });
  }

  // The chat: opened with words, or with an order to show; it tells when it put something into the cart.
  const open = (detail) => document.dispatchEvent(new CustomEvent('agentdesk:open', { detail }));
  for (const b of $$('[data-ask]')) b.addEventListener('click', () => open({ text: b.dataset.ask }));
  for (const b of $$('[data-order]')) b.addEventListener('click', () => open({ order: b.dataset.order }));
  document.addEventListener('agentdesk:cart', (e) => { if (e.detail && e.detail.count != null) count(e.detail.count); });
  document.addEventListener('agentdesk:shown', (e) => document.documentElement.classList.toggle('chat-open', !!e.detail.open));
})();
