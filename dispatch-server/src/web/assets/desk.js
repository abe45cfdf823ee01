// The board: rings, says whether somebody can see and hear it, answers by key. Nothing is stored in the browser.
// Forms are sent without leaving the page, because a new page would be silent until somebody presses for sound again.

const bar = document.querySelector('.watch');
const words = bar.querySelector('[data-watch-words]');
const arm = bar.querySelector('[data-arm]');
const mute = bar.querySelector('[data-mute]');
const page = bar.dataset.watch;
const SILENT_MS = 15000; // without news for so long the connection is lost
const MUTE_MS = 30000;
const DEAF_MS = 600; // keys right after a ring were meant for something else
const LATE_MS = 2000; // an answer without receipt offers the telephone

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
  const on = 'この病院の照会は電話に回ります。';
  const text = failed
    || (!connected() && `サーバーと切れています。${on}`)
    || (!sounds() && `音が出ません。${on}`)
    || (muted() && `音を止めています（あと${Math.ceil((mutedUntil - Date.now()) / 1000)}秒）。${on}`)
    || (document.hidden && `画面が隠れています。${on}`)
    || '見守り中: 音と画面で知らせます';
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

document.addEventListener('submit', async (e) => {
  const form = e.target;
  if (form.method !== 'post' || !form.action.includes('/desk/')) return;
  e.preventDefault();
  const body = new URLSearchParams(new FormData(form, e.submitter));
  e.submitter?.setAttribute('aria-busy', 'true');
  const late = setTimeout(() => { failed = 'まだ届いていません。続くときは電話で伝えてください。'; state(); }, LATE_MS);
  try {
    const answer = await fetch(form.action, { method: 'POST', body, redirect: 'manual' });
    if (answer.type === 'opaqueredirect') failed = '';
    else failed = `${new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('h1')?.textContent ?? '送れませんでした。'}`;
  } catch {
    failed = '送れませんでした。電話で伝えてください。';
  }
  clearTimeout(late);
  e.submitter?.removeAttribute('aria-busy');
  state();
});

setInterval(() => { say(false); ring(); }, 500);
setInterval(() => say(true), Number(bar.dataset.saySeconds) * 1000);
drawn();
say(true);
