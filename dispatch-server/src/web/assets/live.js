// Keeps an open page true: parts are replaced as they change, ages run on, a lost connection is said.
// Nothing is stored in the browser. Without this script every page can be read and every form works.

let source = null;
let ahead = Number(document.body.dataset.now) - Date.now(); // server's clock minus ours, milliseconds
let heard = Date.now();

const now = () => Date.now() + ahead;
const pad = (n) => String(n).padStart(2, '0');
const clock = (ms) => {
  const d = new Date(ms + 9 * 3600e3); // Japan has no daylight saving
  return `${pad(d.getUTCHours())}:${pad(d.getUTCMinutes())}:${pad(d.getUTCSeconds())}`;
};
const en = document.documentElement.lang === 'en';
const ago = (s) => (en
  ? s < 60 ? `${s} s` : s < 3600 ? `${Math.floor(s / 60)} min` : s < 86400 ? `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min` : `${Math.floor(s / 86400)} d`
  : s < 60 ? `${s}秒前` : s < 3600 ? `${Math.floor(s / 60)}分前`
  : s < 86400 ? `${Math.floor(s / 3600)}時間${Math.floor((s % 3600) / 60)}分前` : `${Math.floor(s / 86400)}日前`);
const lasting = (s) => {
  const h = Math.floor(s / 3600), m = Math.floor(s / 60);
  return h > 0 ? `${h}:${pad(m % 60)}:${pad(s % 60)}` : `${m}:${pad(s % 60)}`;
};
const arrives = (m) => (m >= 0 ? `${m}分後` : `${-m}分前に着いた頃`);
const seconds = (ms) => Math.max(0, Math.floor((now() - Number(ms)) / 1000));

function tick() {
  for (const e of document.querySelectorAll('.age')) {
    const s = seconds(e.dataset.at), life = Number(e.dataset.life);
    const left = Math.max(0, 100 - (100 * s) / life);
    e.lastElementChild.textContent = ago(s);
    e.querySelector('.pie').setAttribute('stroke-dasharray', `${left} 100`);
    e.classList.toggle('old', left < 25);
  }
  for (const e of document.querySelectorAll('[data-stale-at]')) e.toggleAttribute('data-stale', seconds(e.dataset.staleAt) > Number(e.dataset.staleLife));
  for (const e of document.querySelectorAll('[data-since]')) e.textContent = lasting(seconds(e.dataset.since));
  for (const e of document.querySelectorAll('[data-until]')) e.textContent = lasting(Math.max(0, Math.ceil((Number(e.dataset.until) - now()) / 1000)));
  for (const e of document.querySelectorAll('[data-eta]')) e.textContent = arrives(Math.floor((Number(e.dataset.eta) - now()) / 60000));
  for (const e of document.querySelectorAll('[data-clock]')) e.textContent = clock(now());
  lost();
}

function lost() {
  const bar = document.querySelector('.lost');
  if (!bar) return;
  const silent = Date.now() - heard;
  const again = document.querySelector('[data-again]');
  // The server speaks at least every five seconds; a connection that is known to be gone says so from the third on.
  if (again) again.hidden = !(silent >= 15000 ? false : silent >= 8000 || (silent >= 3000 && source?.readyState !== EventSource.OPEN));
  bar.hidden = silent < 15000;
  bar.firstElementChild.textContent =
    en ? `Lost ${lasting(Math.floor(silent / 1000))}; page as of ${clock(heard + ahead)}. Reconnecting.`
      : `切断 ${lasting(Math.floor(silent / 1000))}・${clock(heard + ahead)} 時点の画面です。再接続しています。`;
}

// What is typed, chosen or pressed at this moment is not torn away: the part is replaced when focus or finger has left it.
const held = new Map();
let pressed = null;
function replace(id, html) {
  const part = document.getElementById(id);
  if (!part) return;
  const active = document.activeElement;
  if (pressed && part.contains(pressed)) { held.set(id, html); return; }
  if (part.contains(active) && /^(INPUT|SELECT|TEXTAREA)$/.test(active.tagName)) { held.set(id, html); return; }
  const open = [...part.querySelectorAll('details')].map((d) => d.open);
  const keys = part.contains(active) ? control(active) : null;
  part.innerHTML = html;
  [...part.querySelectorAll('details')].forEach((d, i) => { d.open = open[i] ?? false; });
  if (keys) [...part.querySelectorAll('a, button, summary')].find((e) => control(e) === keys)?.focus({ preventScroll: true });
  checked();
  tick();
  document.dispatchEvent(new CustomEvent('replaced', { detail: id }));
}
// The same link or button in a part that was drawn anew: whoever works with the keys stays where they are.
const control = (e) => `${e.tagName} ${e.getAttribute('href') ?? `${e.form?.getAttribute('action')} ${e.value ?? e.textContent}`}`;
const release = () => { for (const [id, html] of [...held]) { held.delete(id); replace(id, html); } };
document.addEventListener('focusout', () => setTimeout(release));
document.addEventListener('pointerdown', (e) => { pressed = e.target; });
// On a touch screen the click comes a moment after the finger has left.
const lifted = () => setTimeout(() => { pressed = null; release(); }, 300);
for (const end of ['pointerup', 'pointercancel']) document.addEventListener(end, lifted);

// A form that only tells something is sent without leaving the page; the live parts show what became of it.
async function quietly(form, body) {
  const said = form.querySelector('[data-said]');
  const answer = await fetch(form.getAttribute('action'), { method: 'POST', body, redirect: 'manual' }).catch(() => null);
  const done = answer?.type === 'opaqueredirect' || answer?.ok;
  if (said) said.textContent = done ? '' : (en ? 'Not sent. Press again, or use the radio.' : '送れませんでした。もう一度押すか、無線で伝えてください。');
  if (!done) return;
  const renewed = form.dataset.renew;
  form.reset();
  if (renewed) form.elements[renewed].value = crypto.randomUUID();
}
document.addEventListener('submit', (e) => {
  if (!e.target.matches('[data-quiet]')) return;
  e.preventDefault();
  const empty = [...e.target.querySelectorAll('[data-needed]')].find((field) => field.value.trim() === '');
  if (empty) { empty.focus(); return; }
  void quietly(e.target, new URLSearchParams(new FormData(e.target, e.submitter)));
});
// A form that leads to another page would leave an error of the browser's, and take with it what was typed, when the server is lost.
// So it is asked for first; what was not sent stays on the page, and the page says so. The board sends its forms by itself.
const REACH_MS = 3000; // a server that does not answer for so long counts as lost
let sure = false;
const reaches = () => fetch('/assets/icon.svg', { method: 'HEAD', cache: 'no-store', signal: AbortSignal.timeout(REACH_MS) }).then((r) => r.ok, () => false);
function unsent(form, words) {
  let said = form.querySelector('[data-unsent]');
  if (!said && words) {
    said = document.createElement('p');
    said.className = 'nowt';
    said.setAttribute('role', 'alert');
    said.dataset.unsent = '';
    form.append(said);
  }
  if (!said) return;
  said.textContent = words;
  if (words) said.scrollIntoView({ block: 'nearest' });
}
document.addEventListener('submit', async (e) => {
  const form = e.target, submitter = e.submitter;
  if (sure || e.defaultPrevented || form.method !== 'post' || document.querySelector('.watch')) return;
  e.preventDefault();
  // Pressed twice is sent once.
  if (form.dataset.asking !== undefined) return;
  unsent(form, '');
  form.dataset.asking = '';
  const there = await reaches();
  delete form.dataset.asking;
  if (there) {
    sure = true;
    try { form.requestSubmit(submitter); } finally { sure = false; }
    return;
  }
  unsent(form, en ? 'The server is lost: nothing was sent. It stays here; press again once it is back, or use radio and telephone.'
    : 'サーバーと切れています。まだ送っていません。内容はここに残ります。つながったらもう一度押すか、無線・電話で伝えてください。');
});
document.addEventListener('change', (e) => {
  const fills = e.target.dataset?.fills;
  if (!fills || !e.target.value) return;
  e.target.form.elements[fills].value = e.target.value;
});
// With the arrow keys a choice goes through what is before it: Enter leads on to what was filled.
document.addEventListener('keydown', (e) => {
  if (e.code !== 'Enter' || !e.target.dataset?.fills) return;
  e.preventDefault();
  e.target.form.elements[e.target.dataset.fills].focus();
});

function checked() {
  for (const e of document.querySelectorAll('[data-checked]')) e.textContent = clock(heard + ahead);
}

if (document.body.dataset.live) {
  source = new EventSource(document.body.dataset.live);
  source.addEventListener('panel', (e) => { const p = JSON.parse(e.data); replace(p.id, p.html); });
  source.addEventListener('now', (e) => { heard = Date.now(); ahead = Number(e.data) - heard; checked(); document.dispatchEvent(new Event('heard')); });
  source.addEventListener('signed-out', () => { source.close(); location.assign('/sign-in'); });
}
document.addEventListener('click', (e) => { if (e.target.closest('[data-print]')) print(); });
setInterval(tick, 1000);
tick();
