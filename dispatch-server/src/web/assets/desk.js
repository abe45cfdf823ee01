// The board: rings, says whether somebody can see and hear it, answers by key. Nothing is stored in the browser.
// Forms are sent without leaving the page, because a new page would be silent until somebody presses for sound again.

import './map/small.js';

const bar = document.querySelector('.watch');
const words = bar.querySelector('[data-watch-words]');
const arm = bar.querySelector('[data-arm]');
const mute = bar.querySelector('[data-mute]');
const page = bar.dataset.watch;
const SILENT_MS = 15000; // without news for so long the connection is lost
const MUTE_MS = 30000;
const DEAF_MS = 600; // keys right after a ring were meant for something else
const LATE_MS = 2000; // an answer without receipt offers the telephone

const t = (ja, en) => (document.documentElement.lang === 'en' ? en : ja);
const ahead = Number(document.body.dataset.now) - Date.now(); // server's clock minus ours

let audio = null;
let mutedUntil = 0;
let heard = Date.now();
let told = null; // what the server was told last
let failed = ''; // why an answer did not arrive

const sounds = () => audio?.state === 'running';
const connected = () => Date.now() - heard < SILENT_MS;
const muted = () => Date.now() < mutedUntil;
const watches = () => sounds() && !muted() && !document.hidden && connected();
const post = (path, body) =>
  fetch(path, { method: 'POST', headers: body && { 'content-type': 'application/json' }, body: body && JSON.stringify(body) });

function tone(hz, at, long) {
  const swing = audio.createOscillator(), loud = audio.createGain();
  swing.frequency.value = hz;
  loud.gain.setValueAtTime(0.25, audio.currentTime + at);
  loud.gain.setValueAtTime(0, audio.currentTime + at + long);
  swing.connect(loud).connect(audio.destination);
  swing.start(audio.currentTime + at);
  swing.stop(audio.currentTime + at + long);
}
const call = () => { tone(660, 0, 0.25); tone(880, 0.25, 0.25); };
const urge = () => [0, 0.3, 0.6].forEach((at) => tone(880, at, 0.2));

let rang = 0;
function ring() {
  const waiting = [...document.querySelectorAll('[data-rings]')];
  if (!waiting.length || !sounds() || muted()) return;
  const left = Math.min(...waiting.map((e) => Number(e.querySelector('[data-until]')?.dataset.until ?? Infinity) - ahead - Date.now()));
  const every = left < 30000 ? 1500 : 3000;
  if (Date.now() - rang < every) return;
  rang = Date.now();
  if (left < 30000) urge(); else call();
}

// What stands in the bar: only what keeps this page from being counted, and what to do about it.
function state() {
  const on = t('この病院の照会は電話に回ります。', ' Enquiries go to the phone line.');
  const left = Math.ceil((mutedUntil - Date.now()) / 1000);
  const text = failed
    || (!connected() && t('サーバーと切れています。', 'The server is lost.') + on)
    || (!sounds() && t('音が出ません。', 'No sound.') + on)
    || (muted() && t(`音を止めています（あと${left}秒）。`, `Muted for ${left} s.`) + on)
    || (document.hidden && t('画面が隠れています。', 'The page is hidden.') + on)
    || t('見守り中: 音と画面で知らせます', 'Watching: rings by sound and on screen');
  if (words.textContent !== text) words.textContent = text;
  bar.classList.toggle('off', Boolean(failed) || !watches());
  arm.hidden = sounds();
  mute.hidden = !sounds();
}

async function say(force) {
  const now = watches();
  state();
  if (now === told && !force) return;
  told = now;
  await post('/api/v1/desk/watch', { page, watches: now }).catch(() => { told = null; });
}

arm.addEventListener('click', async () => {
  audio ??= new AudioContext();
  audio.onstatechange = () => say(false);
  await audio.resume();
  call();
  say(false);
});
mute.addEventListener('click', () => { mutedUntil = muted() ? 0 : Date.now() + MUTE_MS; say(false); });
document.addEventListener('visibilitychange', () => say(false));
document.addEventListener('heard', () => { heard = Date.now(); });

// "Received" means that a page shows it, "seen" that a human acts.
const done = new Set();
function once(kind, mark) {
  for (const e of document.querySelectorAll(`[data-enquiry][${mark}]`)) {
    const key = `${kind} ${e.dataset.enquiry}`;
    if (done.has(key)) continue;
    done.add(key);
    post(`/api/v1/desk/enquiries/${e.dataset.enquiry}/${kind}`).then((r) => r.ok || done.delete(key), () => done.delete(key));
  }
}
const acted = () => { if (!document.hidden) once('seen', 'data-unseen'); };
document.addEventListener('pointerdown', acted);
document.addEventListener('keydown', acted);

const shown = new Map();
let chosen = null; // enquiry and key
function mark() {
  for (const b of document.querySelectorAll('.ring [data-key]')) {
    const on = chosen && b.closest('.ring').dataset.enquiry === chosen.enquiry && b.dataset.key === chosen.key;
    if (on) b.setAttribute('aria-pressed', 'true'); else b.removeAttribute('aria-pressed');
  }
}
function drawn() {
  bars();
  for (const e of document.querySelectorAll('[data-rings]')) if (!shown.has(e.dataset.enquiry)) shown.set(e.dataset.enquiry, Date.now());
  once('delivered', 'data-undelivered');
  mark();
  ring();
}
document.addEventListener('replaced', drawn);

document.addEventListener('keydown', (e) => {
  if (e.ctrlKey || e.altKey || e.metaKey || e.target.closest('input, select, textarea')) return;
  const key = e.code.replace(/^(Key|Digit|Numpad)/, '');
  if (key === 'M' && sounds()) { mute.click(); return; }
  if (key === 'Enter' && !chosen && e.target === document.body && !document.querySelector('[data-rings]')) {
    document.querySelector('[data-proposal]')?.click();
    return;
  }
  const article = document.querySelector('.ring[data-rings]') ?? document.querySelector('.ring');
  if (!article || Date.now() - (shown.get(article.dataset.enquiry) ?? 0) < DEAF_MS) return;
  if (key === 'Escape') { chosen = null; mark(); return; }
  if (key === 'Enter' && chosen) {
    e.preventDefault();
    document.querySelector('.ring [aria-pressed]')?.click();
    chosen = null;
    return;
  }
  if (article.querySelector(`[data-key="${CSS.escape(key)}"]`)) { chosen = { enquiry: article.dataset.enquiry, key }; mark(); }
});

// The grid of a week: arrows move, Space presses (as on every button).
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
document.addEventListener('keydown', (e) => {
  const cell = e.target.closest?.('[data-grid] td'), step = STEPS[e.code];
  if (!cell || !step) return;
  e.preventDefault();
  const row = cell.parentElement, rows = [...row.parentElement.children], down = rows[rows.indexOf(row) + step[0]];
  down?.children[cell.cellIndex + step[1]]?.querySelector('button')?.focus();
}, true);

// What is left of a value, as a bar.
function bars() {
  for (const e of document.querySelectorAll('.bar')) {
    const from = Number(e.dataset.from), to = Number(e.dataset.to), left = to - ahead - Date.now();
    e.firstElementChild.style.width = `${Math.max(0, Math.min(100, (100 * left) / (to - from)))}%`;
    e.classList.toggle('short', left < (to - from) / 4);
  }
}

// The receipt's link leads into its field.
addEventListener('hashchange', () => document.getElementById(location.hash.slice(1))?.focus());

// The other look without a new page: that would be silent.
function turned(form) {
  const root = document.documentElement, dark = root.dataset.look === 'dark';
  if (dark) delete root.dataset.look; else root.dataset.look = 'dark';
  form.querySelector('button').lastChild.textContent = dark ? t('暗い画面', 'Dark') : t('明るい画面', 'Light');
  document.dispatchEvent(new Event('look'));
}

document.addEventListener('submit', async (e) => {
  const form = e.target;
  if (form.getAttribute('action') === '/look' && !e.submitter?.name) {
    e.preventDefault();
    await fetch('/look', { method: 'POST', body: new URLSearchParams(new FormData(form)), redirect: 'manual' });
    turned(form);
    return;
  }
  if (form.method !== 'post' || !form.action.includes('/desk/')) return;
  e.preventDefault();
  const body = new URLSearchParams(new FormData(form, e.submitter));
  e.submitter?.setAttribute('aria-busy', 'true');
  const late = setTimeout(() => { failed = t('まだ届いていません。続くときは電話で伝えてください。', 'Not delivered yet. If this lasts, answer by phone.'); state(); }, LATE_MS);
  try {
    const answer = await fetch(form.action, { method: 'POST', body, redirect: 'manual' });
    if (answer.type === 'opaqueredirect') failed = '';
    else failed = `${new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('h1')?.textContent ?? '送れませんでした。'}`;
  } catch {
    failed = t('送れませんでした。電話で伝えてください。', 'Not sent. Answer by phone.');
  }
  clearTimeout(late);
  e.submitter?.removeAttribute('aria-busy');
  state();
});

setInterval(() => { say(false); ring(); bars(); }, 500);
setInterval(() => say(true), Number(bar.dataset.saySeconds) * 1000);
drawn();
say(true);
