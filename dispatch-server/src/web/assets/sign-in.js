// Signing in: a full code sends itself; a registered terminal rings while nobody is signed in, without anything of a patient.

for (const field of document.querySelectorAll('[data-sends]')) {
  field.addEventListener('input', () => {
    if (/^[0-9]{6}$/.test(field.value)) field.form.requestSubmit();
  });
}

const bar = document.querySelector('[data-ring]');
const arm = document.querySelector('[data-arm-ring]');
const EVERY_MS = 3000;
let audio = null;
let ahead = Number(document.body.dataset.now) - Date.now(); // server's clock minus ours

function tone(hz, at) {
  const swing = audio.createOscillator(), loud = audio.createGain();
  swing.frequency.value = hz;
  loud.gain.setValueAtTime(0.25, audio.currentTime + at);
  loud.gain.setValueAtTime(0, audio.currentTime + at + 0.25);
  swing.connect(loud).connect(audio.destination);
  swing.start(audio.currentTime + at);
  swing.stop(audio.currentTime + at + 0.25);
}

function draw({ ringing, until }) {
  bar.hidden = ringing === 0;
  bar.querySelector('[data-ring-count]').textContent = `受入照会が${ringing}件鳴っています`;
  const left = bar.querySelector('[data-ring-left]');
  left.hidden = until === null;
  if (until !== null) {
    const s = Math.max(0, Math.ceil((until - ahead - Date.now()) / 1000));
    left.querySelector('b').textContent = `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`;
  }
  if (ringing > 0 && audio?.state === 'running') { tone(660, 0); tone(880, 0.25); }
}

async function look() {
  const answer = await fetch('/api/v1/terminal/ring').catch(() => null);
  if (answer?.ok) draw(await answer.json());
}

if (bar) {
  arm?.addEventListener('click', async () => {
    audio ??= new AudioContext();
    await audio.resume();
    arm.hidden = audio.state === 'running';
  });
  setInterval(look, EVERY_MS);
  look();
}
