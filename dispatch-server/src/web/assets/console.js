// The console's sounds (design/web.md §7). Each has its twin in 要対応; a page never assumes that it was heard.

const bar = document.querySelector('.soundbar');
const arm = bar.querySelector('[data-arm]'), said = bar.querySelector('[data-sound-words]'), volume = bar.querySelector('input');
const en = document.documentElement.lang === 'en';

/** A new call knocks again after so many milliseconds, 搬送困難 falls again, a connection counts as lost. */
const KNOCK_AGAIN = 10e3, FALL_AGAIN = 300e3, LOST_AFTER = 15e3;
/** What changes within so many milliseconds of the page's beginning was there before. */
let audio = null, known = null, heard = Date.now(), lost = false;
const lately = new Map();

const running = () => audio?.state === 'running';
function tone(hz, at, long, kind = 'sine') {
  const swing = audio.createOscillator(), loud = audio.createGain(), from = audio.currentTime + at;
  swing.type = kind;
  swing.frequency.value = hz;
  loud.gain.setValueAtTime(Number(volume.value) / 100, from);
  loud.gain.exponentialRampToValueAtTime(0.001, from + long);
  swing.connect(loud).connect(audio.destination);
  swing.start(from);
  swing.stop(from + long);
}
const SOUNDS = {
  call: () => { tone(520, 0, 0.09, 'triangle'); tone(520, 0.16, 0.09, 'triangle'); },
  hard: () => { tone(880, 0, 0.3); tone(698, 0.3, 0.45); },
  silent: () => tone(196, 0, 0.7, 'triangle'),
  lost: () => { tone(262, 0, 0.2); tone(262, 0.3, 0.3); },
  back: () => { tone(392, 0, 0.2); tone(523, 0.25, 0.3); },
};
function play(name) {
  if (running()) SOUNDS[name]();
  document.dispatchEvent(new CustomEvent('sounded', { detail: { name, heard: running() } }));
}

const present = () => new Set((document.getElementById('sounds')?.textContent ?? '').split('\n').filter(Boolean));
/** What is new since the last look sounds once; what was there when the page was opened is on the page. */
function compare() {
  const now = present();
  for (const one of now) {
    if (known && known.has(one)) continue;
    const name = one.split(' ')[0];
    if (known || name === 'call') play(name);
    lately.set(one, Date.now());
  }
  for (const one of lately.keys()) if (!now.has(one)) lately.delete(one);
  known = now;
}
/** Unassigned calls and 搬送困難 sound again until somebody has seen to them. */
function again() {
  for (const [kind, after] of [['call', KNOCK_AGAIN], ['hard', FALL_AGAIN]]) {
    const due = [...lately].filter(([one, at]) => one.startsWith(`${kind} `) && Date.now() - at >= after);
    if (!due.length) continue;
    play(kind);
    for (const [one] of due) lately.set(one, Date.now());
  }
  if (!lost && Date.now() - heard >= LOST_AFTER) { lost = true; play('lost'); }
}
document.addEventListener('heard', () => { heard = Date.now(); if (lost) { lost = false; play('back'); } });
document.addEventListener('replaced', (e) => { if (e.detail === 'sounds') compare(); });

function say() {
  const on = running();
  bar.classList.toggle('off', !on);
  arm.hidden = on;
  said.textContent = on ? (en ? 'Sound on' : '音 入') : (en ? 'Sounds are off; press once after each opening of this page' : '音が出ません。この画面を開くたびに、1回押して入れてください');
}
arm.addEventListener('click', async () => {
  audio ??= new AudioContext();
  audio.onstatechange = say;
  await audio.resume();
  say();
  play('back');
});
volume.addEventListener('change', () => play('back'));
say();
compare();
setInterval(again, 1000);
