// A small still map of a ring or a case: the outlines of the land, the scene, the unit and the hospital. Painted when its part is drawn.

import { Ground } from './ground.js';
import { decode, project } from './outlines.js';

let ground = null; // loaded with the first ring
const load = async () => {
  const [lines, names] = await Promise.all([fetch('/assets/map/outlines.bin'), fetch('/assets/map/municipalities.csv')]);
  return new Ground(decode(await lines.arrayBuffer()), await names.text());
};

const point = (text) => (text ? project(...text.split(',').map(Number)) : null);
const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function colours() {
  const font = getComputedStyle(document.body).fontFamily;
  return { sea: token('--sea'), land: token('--land'), coast: token('--lns'), border: token('--ln'), label: token('--mlab'), font };
}

/** Everything in view with a margin, never nearer than a few streets. */
function viewOf(canvas, points) {
  const w = canvas.clientWidth, h = canvas.clientHeight;
  const [xs, ys] = [points.map((p) => p.x), points.map((p) => p.y)];
  const middle = (all) => (Math.min(...all) + Math.max(...all)) / 2, span = (all) => Math.max(...all) - Math.min(...all);
  const zoom = Math.min(13, Math.log2(Math.min((w - 110) / 256 / (span(xs) || 1e-9), (h - 70) / 256 / (span(ys) || 1e-9))));
  return { x: middle(xs), y: middle(ys), zoom, world: 256 * 2 ** zoom, w, h, dpr: devicePixelRatio };
}

function mark(to, { x, y }, shape, words) {
  to.fillStyle = shape === 'here' ? token('--actf') : token('--ink');
  to.strokeStyle = token('--sf');
  to.lineWidth = 2;
  to.beginPath();
  if (shape === 'scene') { to.moveTo(x, y - 10); to.lineTo(x + 10, y); to.lineTo(x, y + 10); to.lineTo(x - 10, y); to.closePath(); }
  else if (shape === 'here') to.rect(x - 8, y - 8, 16, 16);
  else to.arc(x, y, 7, 0, 7);
  to.fill();
  to.stroke();
  to.fillStyle = token('--ink');
  to.fillText(words, x, y + (shape === 'here' ? -13 : 25));
}

async function paint(canvas) {
  const { scene, here, unit, callsign, you, sceneWords } = canvas.dataset;
  const from = point(scene), to = point(here), car = point(unit);
  ground ??= load();
  const land = await ground;
  // Measured only now: while the outlines came, the page may have taken another width.
  const view = viewOf(canvas, [from, to, car].filter(Boolean));
  if (!view.w) return;
  canvas.width = view.w * view.dpr;
  canvas.height = view.h * view.dpr;
  const pen = canvas.getContext('2d');
  pen.scale(view.dpr, view.dpr);
  land.draw(pen, view, colours(), false);
  const at = (p) => ({ x: view.w / 2 + (p.x - view.x) * view.world, y: view.h / 2 + (p.y - view.y) * view.world });
  const [a, b] = [at(car ?? from), at(to ?? from)];
  pen.setLineDash([2, 6]);
  pen.lineWidth = 2.5;
  pen.strokeStyle = token('--ink');
  pen.beginPath();
  pen.moveTo(a.x, a.y);
  pen.lineTo(b.x, b.y);
  pen.stroke();
  pen.setLineDash([]);
  pen.font = `700 14px ${getComputedStyle(document.body).fontFamily}`;
  pen.textAlign = 'center';
  mark(pen, at(from), 'scene', sceneWords);
  if (car) mark(pen, at(car), 'unit', callsign);
  if (to) mark(pen, b, 'here', you);
}

const draw = (canvas) => paint(canvas).catch(() => canvas.parentElement.remove());
// A canvas that is given another width is stretched until it is painted anew. It tells its first width, too.
const widths = new ResizeObserver((changes) => changes.forEach(({ target }) => draw(target)));
const each = (visit) => document.querySelectorAll('canvas[data-small]').forEach(visit);
document.addEventListener('replaced', () => { widths.disconnect(); each((canvas) => widths.observe(canvas)); });
document.addEventListener('look', () => each(draw));
each((canvas) => widths.observe(canvas));
