// The live map: one canvas over outlines that are served with the page. Mouse, touch and keys; nothing is stored.

import { Ground } from './ground.js';
import { english, letter } from './callouts.js';
import { drawMarkers } from './markers.js';
import { decode, project } from './outlines.js';
import { World } from './stream.js';
import { Tiles } from './tiles.js';

const ZOOMS = [4.5, 16], STEP = 0.5, PRESS_RADIUS = 20;
/** The ground is painted anew so long after the last movement, milliseconds. */
const REST = 140;

const part = document.getElementById('map');
const canvas = part.querySelector('canvas'), callout = part.querySelector('.callout');
const to = canvas.getContext('2d', { alpha: false });
const view = { x: 0.88, y: 0.39, zoom: 10, world: 256 * 2 ** 10, w: 0, h: 0, dpr: 1 };
const world = new World();
let ground = null, pressable = [], selected = null, moved = 0, wanted = false, byHand = false, fitted = false;

function colours() {
  const style = getComputedStyle(document.documentElement), get = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    name: document.documentElement.dataset.look ?? 'light', sea: get('sea'), land: get('land'), label: get('mlab'), border: get('ln'),
    coast: get('lns'), line: get('lns'), ink: get('ink'), surface: get('sf'), sunken: get('sk'), act: get('act'), onAct: get('sf'), now: get('now'), nowFill: get('nowf'), onNow: get('nowx'),
    font: get('f'), triage: { I: [get('t1'), get('t1x')], II: [get('t2'), get('t2x')], III: [get('t3'), get('t3x')], 0: [get('t0'), get('t0x')] },
  };
}
const paint = colours();

function paintFrame() {
  wanted = false;
  if (!ground || !view.w) return;
  to.setTransform(view.dpr, 0, 0, view.dpr, 0, 0);
  to.fillStyle = paint.sea;
  to.fillRect(0, 0, view.w, view.h);
  const moving = performance.now() - moved < REST;
  if (ground.draw(to, view, paint, moving)) setTimeout(soon, REST);
  pressable = drawMarkers(to, view, world, paint, selected);
}
function soon() { if (!wanted) { wanted = true; requestAnimationFrame(paintFrame); } }

function look(x, y, zoom) {
  view.zoom = Math.min(ZOOMS[1], Math.max(ZOOMS[0], zoom));
  view.world = 256 * 2 ** view.zoom;
  view.x = Math.min(0.935, Math.max(0.83, x));
  view.y = Math.min(0.47, Math.max(0.33, y));
  moved = performance.now();
  soon();
}
/** Zooms so that the point under the finger stays there. */
function zoomAt(px, py, zoom) {
  const held = { x: view.x + (px - view.w / 2) / view.world, y: view.y + (py - view.h / 2) / view.world };
  const next = 256 * 2 ** Math.min(ZOOMS[1], Math.max(ZOOMS[0], zoom));
  byHand = true;
  look(held.x - (px - view.w / 2) / next, held.y - (py - view.h / 2) / next, zoom);
}
function pan(dx, dy) { byHand = true; look(view.x - dx / view.world, view.y - dy / view.world, view.zoom); }

/** Everything of this department that has a place; its prefecture when nothing has. */
function whole() {
  const placed = [...world.units.filter((unit) => unit?.x !== undefined), ...world.cases];
  if (placed.length < 2) { const [lat, lon] = part.dataset.home.split(',').map(Number), at = project(lat, lon); look(at.x, at.y, 9.5); return; }
  let [x0, y0, x1, y1] = [1, 1, 0, 0];
  for (const { x, y } of placed) { x0 = Math.min(x0, x); y0 = Math.min(y0, y); x1 = Math.max(x1, x); y1 = Math.max(y1, y); }
  const room = Math.min((view.w - 80) / Math.max(x1 - x0, 1e-6), (view.h - 160) / Math.max(y1 - y0, 1e-6));
  look((x0 + x1) / 2, (y0 + y1) / 2, Math.min(13.5, Math.log2(room / 256)));
}

function resize() {
  const { width, height } = canvas.getBoundingClientRect();
  view.dpr = window.devicePixelRatio || 1;
  [view.w, view.h] = [Math.round(width), Math.round(height)];
  canvas.width = Math.round(view.w * view.dpr);
  canvas.height = Math.round(view.h * view.dpr);
  // A canvas is empty after its size was set.
  paintFrame();
}

const say = (ja, en) => (english ? en : ja);
const ago = (ms) => { const s = Math.max(0, Math.round(ms / 1000)); if (english) return s < 60 ? `${s} s` : s < 3600 ? `${Math.floor(s / 60)} min` : `${Math.floor(s / 3600)} h`; return s < 60 ? `${s}秒前` : s < 3600 ? `${Math.floor(s / 60)}分前` : `${Math.floor(s / 3600)}時間前`; };
function words({ kind, thing }) {
  const age = (at, none) => (at === null ? none : ago(world.now() - at));
  if (kind === 'unit') return [`${thing.callsign} ${thing.from}`, `${letter(thing.mark)}${thing.work ? ` ${say('事案', 'No.')} ${thing.work}` : ''}　${say('位置', 'position')} ${age(thing.at, say('なし', 'none'))}・${say('受信', 'heard')} ${age(thing.heard, say('なし', 'never'))}`];
  if (kind === 'case') return [`${say('事案', 'Incident')} ${thing.name} ${thing.trouble}`, `${say('緊急度', 'triage')} ${thing.triage === '?' ? say('未', 'none') : thing.triage}　${say('覚知', 'call')} ${age(thing.since, '–')}`];
  if (kind === 'hospital') return [thing.name, `${thing.tertiary ? say('三次　', 'tertiary ') : ''}${say('受入', 'capacity')} ${thing.state}　${thing.at === null ? say('報告なし', 'not told') : ago(world.now() - thing.at)}`];
  return [`${thing.count}${say('隊', ' units')}`, `${say('出場中', 'on duty')} ${thing.busy}`];
}
function tell(at) {
  selected = at && at.kind !== 'circle' ? at.thing : null;
  callout.hidden = !at;
  callout.replaceChildren();
  if (!at) return soon();
  const [head, line] = words(at);
  for (const [name, text] of [['b', head], ['p', line]]) { const e = document.createElement(name); e.textContent = text; callout.append(e); }
  if (at.kind === 'case') { const a = document.createElement('a'); a.href = `/cases/${at.thing.id}`; a.textContent = say('事案を開く', 'Open'); callout.append(a); }
  soon();
}

const fingers = new Map();
let travelled = 0;
canvas.addEventListener('pointerdown', (e) => { canvas.setPointerCapture(e.pointerId); fingers.set(e.pointerId, [e.offsetX, e.offsetY]); travelled = 0; });
canvas.addEventListener('pointermove', (e) => {
  const before = fingers.get(e.pointerId);
  if (!before) return;
  const here = [e.offsetX, e.offsetY], other = [...fingers].find(([id]) => id !== e.pointerId)?.[1];
  travelled += Math.hypot(here[0] - before[0], here[1] - before[1]);
  fingers.set(e.pointerId, here);
  if (!other) return pan(here[0] - before[0], here[1] - before[1]);
  const apart = (a) => Math.max(1, Math.hypot(a[0] - other[0], a[1] - other[1]));
  zoomAt((here[0] + other[0]) / 2, (here[1] + other[1]) / 2, view.zoom + Math.log2(apart(here) / apart(before)));
});
for (const end of ['pointerup', 'pointercancel']) canvas.addEventListener(end, (e) => {
  const alone = fingers.size === 1;
  fingers.delete(e.pointerId);
  if (end !== 'pointerup' || !alone || travelled > 6) return;
  const hit = ({ x, y, wide, high }) => (wide ? Math.abs(x - e.offsetX) <= wide && Math.abs(y - e.offsetY) <= high : Math.hypot(x - e.offsetX, y - e.offsetY) <= PRESS_RADIUS);
  const near = pressable.filter(hit).at(-1);
  if (near?.kind === 'circle') zoomAt(near.x, near.y, view.zoom + 1.5); else tell(near ?? null);
});
canvas.addEventListener('wheel', (e) => { e.preventDefault(); zoomAt(e.offsetX, e.offsetY, view.zoom - Math.sign(e.deltaY) * Math.min(1, Math.abs(e.deltaY) / 240)); }, { passive: false });
canvas.addEventListener('keydown', (e) => {
  const steps = { ArrowLeft: [80, 0], ArrowRight: [-80, 0], ArrowUp: [0, 80], ArrowDown: [0, -80] };
  if (e.altKey || e.ctrlKey || e.metaKey) return;
  if (steps[e.code]) pan(...steps[e.code]);
  else if (['Equal', 'Semicolon', 'NumpadAdd'].includes(e.code)) zoomAt(view.w / 2, view.h / 2, view.zoom + STEP);
  else if (['Minus', 'NumpadSubtract'].includes(e.code)) zoomAt(view.w / 2, view.h / 2, view.zoom - STEP);
  else if (e.code === 'Escape') tell(null);
  else return;
  e.preventDefault();
  e.stopPropagation();
});
part.addEventListener('click', (e) => {
  const what = e.target.closest('[data-map]')?.dataset.map;
  if (what === 'in' || what === 'out') zoomAt(view.w / 2, view.h / 2, view.zoom + (what === 'in' ? STEP : -STEP));
  if (what === 'all') { byHand = true; whole(); }
});

const find = part.querySelector('.find input'), names = part.querySelector('datalist');
/** What can be looked for, each with its kind. */
const things = () => [
  ...world.cases.map((thing) => ({ kind: 'case', label: `事案 ${thing.name}`, thing })),
  ...world.units.filter(Boolean).map((thing) => ({ kind: 'unit', label: thing.callsign, thing })),
  ...world.hospitals.map((thing) => ({ kind: 'hospital', label: thing.name, thing })),
];
find.addEventListener('input', () => {
  const text = find.value.trim();
  const found = text === '' ? [] : things().filter(({ label }) => label.includes(text)).slice(0, 12);
  names.replaceChildren(...found.map(({ label }) => { const e = document.createElement('option'); e.value = label; return e; }));
});
find.form.addEventListener('submit', (e) => {
  e.preventDefault();
  const text = find.value.trim(), all = text === '' ? [] : things();
  const found = all.find(({ label }) => label === text) ?? all.find(({ label }) => label.includes(text));
  if (!found) { callout.hidden = false; callout.textContent = say(`「${text}」はありません`, `Nothing is called ${text}`); return; }
  if (found.thing.x !== undefined) { byHand = true; look(found.thing.x, found.thing.y, Math.max(13, view.zoom)); }
  tell(found);
});

const counts = [...part.querySelectorAll('[data-count]')], told = part.querySelector('[data-moved]');
function changed() {
  for (const e of counts) e.textContent = String(world.units.filter((unit) => unit?.mark === e.dataset.count).length);
  if (world.told) told.textContent = ago(world.now() - world.told);
  // Once, with the first places: a map that moves by itself cannot be read.
  if (!byHand && !fitted && world.units.some((unit) => unit?.x !== undefined)) { fitted = true; whole(); }
  soon();
}

const load = async (name, read) => read(await fetch(`/assets/map/${name}`));
const [lines, csv] = await Promise.all([load('outlines.bin', (r) => r.arrayBuffer()), load('municipalities.csv', (r) => r.text())]);
const { tiles: shape } = part.dataset;
const tiles = shape ? new Tiles(shape, paint.name === 'dark', () => { ground.stale(); soon(); }) : null;
ground = new Ground(decode(lines), csv, tiles);
new ResizeObserver(resize).observe(canvas);
whole();
let pending = false;
// Many rows come at once: the counts and the picture are made once for all of them.
world.follow(part.dataset.live, () => { if (!pending) { pending = true; queueMicrotask(() => { pending = false; changed(); }); } });
setInterval(() => { if (world.told) told.textContent = ago(world.now() - world.told); soon(); }, 1000);
