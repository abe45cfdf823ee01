// Units, incidents and hospitals over the ground (design/web.md §5, §10): shapes and kanji first, colour never alone.

import { SCALE, drawCallouts, drawRings, letter } from './callouts.js';
import { REPORT_OLD } from './stream.js';

/** Cells in which units are one circle, pixels; markers on the map at most. */
const CELL = 50, MARKERS_MAX = 400;
const MERGE_ALL_BELOW = 9, SINGLE_FROM = 12, NAMES_FROM = 13;
/** Tertiary hospitals from this zoom on; all from [`SINGLE_FROM`]. */
const HOSPITALS_FROM = 9;
const SQUARE = new Set(['待', '現', '病']);
/** Marks of hospitals that take patients. */
const OPEN = new Set(['◎', '○']);

/** Pictures of markers that are kept. */
const STAMPS_MAX = 2_000;

/** Pictures of markers, each painted once. */
class Stamps {
  #kept = new Map();
  get(key, size, dpr, paint) {
    let stamp = this.#kept.get(key);
    if (!stamp) {
      // Circles have as many pictures as there are numbers: at the limit all are painted anew.
      if (this.#kept.size >= STAMPS_MAX) this.#kept.clear();
      stamp = document.createElement('canvas');
      stamp.width = stamp.height = Math.ceil(size * dpr * SCALE);
      const to = stamp.getContext('2d');
      to.scale(dpr * SCALE, dpr * SCALE);
      to.translate(size / 2, size / 2);
      to.textAlign = 'center';
      to.textBaseline = 'middle';
      paint(to);
      this.#kept.set(key, stamp);
    }
    return stamp;
  }
}

const stamps = new Stamps();
const put = (to, stamp, size, x, y) => to.drawImage(stamp, Math.round(x - (size * SCALE) / 2), Math.round(y - (size * SCALE) / 2), size * SCALE, size * SCALE);

function unitStamp(mark, old, alarm, paint, dpr) {
  return stamps.get(`u${mark}${old}${alarm}${paint.name}`, 30, dpr, (to) => {
    to.beginPath();
    if (SQUARE.has(mark)) to.roundRect(-9, -9, 18, 18, 3); else to.arc(0, 0, 10, 0, 7);
    const busy = mark === '出' || mark === '現' || mark === '搬';
    to.fillStyle = old ? paint.surface : busy ? (mark === '搬' ? paint.ink : paint.act) : paint.surface;
    to.fill();
    to.setLineDash(old ? [3, 2] : []);
    to.lineWidth = 1.5;
    to.strokeStyle = alarm ? paint.now : paint.ink;
    to.stroke();
    to.fillStyle = alarm ? paint.now : old || !busy ? paint.ink : mark === '搬' ? paint.surface : paint.onAct;
    to.font = `700 13px ${paint.font}`;
    to.fillText(letter(mark), 0, 1);
    if (alarm) { to.setLineDash([]); to.lineWidth = 2; to.beginPath(); to.arc(0, 0, 13.5, 0, 7); to.stroke(); }
  });
}

function caseStamp({ triage, trouble }, paint, dpr) {
  const tag = paint.triage[triage];
  return stamps.get(`c${triage}${trouble !== ''}${paint.name}`, 48, dpr, (to) => {
    to.beginPath();
    to.moveTo(0, -14); to.lineTo(14, 0); to.lineTo(0, 14); to.lineTo(-14, 0); to.closePath();
    to.fillStyle = tag ? tag[0] : paint.surface;
    to.fill();
    to.setLineDash(tag ? [] : [3, 2]);
    to.strokeStyle = paint.ink;
    to.lineWidth = 1.8;
    to.stroke();
    to.setLineDash([]);
    to.fillStyle = tag ? tag[1] : paint.ink;
    to.font = `700 13px ${paint.font}`;
    to.fillText(triage, 0, 1);
    if (trouble === '') return;
    to.strokeStyle = paint.now;
    for (const [radius, width] of [[17, 2.5], [21, 1.5]]) { to.lineWidth = width; to.beginPath(); to.arc(0, 0, radius, 0, 7); to.stroke(); }
  });
}

function hospitalStamp(state, old, tertiary, paint, dpr) {
  return stamps.get(`h${state}${old}${tertiary}${paint.name}`, 24, dpr, (to) => {
    to.beginPath();
    to.roundRect(-8, -8, 16, 16, 4);
    to.fillStyle = state === '×' ? paint.sunken : paint.surface;
    to.fill();
    to.setLineDash(old || state === '–' ? [2, 2] : []);
    to.lineWidth = tertiary ? 2.2 : 1.2;
    to.strokeStyle = OPEN.has(state) ? paint.act : paint.line;
    to.stroke();
    to.fillStyle = OPEN.has(state) ? paint.act : paint.ink;
    to.font = `700 12px ${paint.font}`;
    to.fillText(state, 0, 1);
  });
}

function circleStamp(count, busy, paint, dpr) {
  const size = 26 + 5 * String(count).length;
  return [size, stamps.get(`m${count}/${busy}${paint.name}`, size, dpr, (to) => {
    const radius = size / 2 - 3;
    to.beginPath(); to.arc(0, 0, radius, 0, 7);
    to.fillStyle = paint.surface; to.fill();
    to.lineWidth = 1.2; to.strokeStyle = paint.line; to.stroke();
    if (busy > 0) {
      to.beginPath(); to.arc(0, 0, radius, -Math.PI / 2, -Math.PI / 2 + (busy / count) * 2 * Math.PI);
      to.lineWidth = 4; to.strokeStyle = paint.act; to.stroke();
    }
    to.fillStyle = paint.ink; to.font = `700 13px ${paint.font}`; to.fillText(String(count), 0, 1);
  })];
}

/** Paints everything; returns what can be pressed, `{x, y, thing}`, the uppermost last. */
export function drawMarkers(to, view, world, paint, selected) {
  const pressable = [];
  const place = (thing) => ({ thing, x: view.w / 2 + (thing.x - view.x) * view.world, y: view.h / 2 + (thing.y - view.y) * view.world });
  const inside = ({ x, y }) => x > -30 && y > -30 && x < view.w + 30 && y < view.h + 30;
  const now = world.now();
  const hospitals = world.hospitals.filter((h) => view.zoom >= (h.tertiary ? HOSPITALS_FROM : SINGLE_FROM)).map(place).filter(inside);
  for (const at of hospitals.slice(0, MARKERS_MAX)) {
    const { state, tertiary } = at.thing, old = at.thing.at !== null && now - at.thing.at > REPORT_OLD;
    put(to, hospitalStamp(state, old, tertiary, paint, view.dpr), 24, at.x, at.y);
    pressable.push({ ...at, kind: 'hospital' });
  }
  drawRings(to, view, world, paint, place);
  const shown = world.units.filter((unit) => unit?.x !== undefined).map(place).filter(inside);
  const { single, circles } = merged(shown, view, world, selected);
  for (const { x, y, count, busy } of circles) {
    const [size, stamp] = circleStamp(count, busy, paint, view.dpr);
    put(to, stamp, size, x, y);
    pressable.push({ x, y, kind: 'circle', thing: { count, busy } });
  }
  const order = (at) => (world.isAlarm(at.thing) ? 2 : at.thing.mark === '待' ? 0 : 1);
  single.sort((a, b) => order(a) - order(b));
  for (const at of single) {
    put(to, unitStamp(at.thing.mark, world.isOld(at.thing), world.isAlarm(at.thing), paint, view.dpr), 30, at.x, at.y);
    pressable.push({ ...at, kind: 'unit' });
    if (view.zoom >= NAMES_FROM) name(to, at.thing.callsign, at, 24, paint);
  }
  for (const at of world.cases.map(place).filter(inside)) {
    put(to, caseStamp(at.thing, paint, view.dpr), 48, at.x, at.y);
    if (view.zoom >= SINGLE_FROM) name(to, at.thing.name, at, 28, paint);
    pressable.push({ ...at, kind: 'case' });
  }
  const chosen = selected && selected.x !== undefined ? place(selected) : null;
  if (chosen && inside(chosen)) { to.strokeStyle = paint.act; to.lineWidth = 3; to.strokeRect(chosen.x - 19, chosen.y - 19, 38, 38); }
  pressable.push(...drawCallouts(to, view, world, paint, place, inside));
  return pressable;
}

function name(to, text, { x, y }, below, paint) {
  to.font = `${13 * SCALE}px ${paint.font}`;
  to.textAlign = 'center';
  to.lineWidth = 3;
  to.strokeStyle = paint.land;
  to.strokeText(text, x, y + below * SCALE);
  to.fillStyle = paint.ink;
  to.fillText(text, x, y + below * SCALE);
}

function merged(shown, view, world, selected) {
  const few = shown.length <= MARKERS_MAX;
  if (view.zoom >= SINGLE_FROM && few) return { single: shown, circles: [] };
  const least = view.zoom < MERGE_ALL_BELOW ? 2 : few ? 3 : 2;
  const single = [], cells = new Map();
  for (const at of shown) {
    if (world.isAlarm(at.thing) || at.thing === selected) { single.push(at); continue; }
    const key = Math.floor(at.x / CELL) * 10_000 + Math.floor(at.y / CELL), cell = cells.get(key);
    if (cell) cell.push(at); else cells.set(key, [at]);
  }
  const circles = [];
  for (const cell of cells.values()) {
    if (cell.length < least) { single.push(...cell); continue; }
    let x = 0, y = 0, busy = 0;
    for (const at of cell) { x += at.x; y += at.y; busy += at.thing.mark === '待' ? 0 : 1; }
    circles.push({ x: x / cell.length, y: y / cell.length, count: cell.length, busy });
  }
  return { single, circles };
}
