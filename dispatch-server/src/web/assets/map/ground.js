// Land, tiles where the server has some, borders and names: painted once around what is seen, then moved as a picture until the eye
// leaves it.

import { COAST, MUNICIPALITY, PREFECTURE, levelOf, project } from './outlines.js';

/** Painted beyond each edge, pixels: so far the map can be dragged without painting anew. */
const MARGIN = 320;
/** Names of municipalities from this zoom on, and the room that one takes, pixels. */
const NAMES_FROM = 9.4, NAME_ROOM = [92, 34];

export class Ground {
  #lines; #tiles; #names = []; #canvas = document.createElement('canvas'); #painted = null; #stale = false;

  constructor(lines, csv, tiles) {
    this.#lines = lines;
    this.#tiles = tiles;
    for (const line of csv.split('\n').slice(1)) {
      const [, , name, lat, lon] = line.split(',');
      // A designated city stands whole and by its wards: the wards are enough.
      if (lon) this.#names.push({ name: name.replace(/^.+市(?=.+区$)/, ''), ...project(Number(lat), Number(lon)) });
    }
  }

  /** There is more to paint: it is painted anew once the view rests. */
  stale() { this.#stale = true; }

  /** Puts the ground under a view; true when a sharper one should be painted once the view rests. */
  draw(to, view, paint, moving) {
    const was = this.#painted;
    const fits = was && !this.#stale && was.zoom === view.zoom && was.w === view.w && was.h === view.h && was.paint === paint
      && Math.abs(view.x - was.x) * view.world <= MARGIN && Math.abs(view.y - was.y) * view.world <= MARGIN;
    if (!fits && !(was && moving)) this.#paint(view, paint);
    const now = this.#painted, grown = view.world / now.world;
    to.drawImage(this.#canvas,
      view.w / 2 + (now.x - view.x) * view.world - (now.w / 2 + MARGIN) * grown,
      view.h / 2 + (now.y - view.y) * view.world - (now.h / 2 + MARGIN) * grown,
      (now.w + 2 * MARGIN) * grown, (now.h + 2 * MARGIN) * grown);
    return !fits && moving && Boolean(was);
  }

  #paint(view, paint) {
    const w = view.w + 2 * MARGIN, h = view.h + 2 * MARGIN;
    this.#canvas.width = Math.ceil(w * view.dpr);
    this.#canvas.height = Math.ceil(h * view.dpr);
    const to = this.#canvas.getContext('2d', { alpha: false });
    to.scale(view.dpr, view.dpr);
    to.fillStyle = paint.sea;
    to.fillRect(0, 0, w, h);
    const left = view.x - w / 2 / view.world, top = view.y - h / 2 / view.world;
    const seen = [left, top, left + w / view.world, top + h / view.world];
    const place = { left, top, world: view.world, seen };
    const level = levelOf(view.zoom);
    const near = this.#lines.filter(({ box }) => box[0] <= seen[2] && box[2] >= seen[0] && box[1] <= seen[3] && box[3] >= seen[1]);
    const kind = (wanted) => near.filter((line) => line.kind === wanted);
    path(to, kind(COAST), level, place);
    to.fillStyle = paint.land;
    to.fill('evenodd');
    const covered = this.#tiles?.draw(to, place, view.zoom, view.dpr) ?? false;
    stroke(to, paint.coast, 0.8);
    if (view.zoom >= 7) { path(to, kind(MUNICIPALITY), level, place); stroke(to, paint.border, 0.6); }
    path(to, kind(PREFECTURE), level, place);
    stroke(to, paint.coast, view.zoom < 7 ? 0.8 : 1.6);
    // Tiles bring their own names.
    if (view.zoom >= NAMES_FROM && !covered) this.#write(to, paint, place, w, h);
    this.#stale = false;
    this.#painted = { x: view.x, y: view.y, zoom: view.zoom, world: view.world, w: view.w, h: view.h, paint };
  }

  #write(to, paint, { left, top, world }, w, h) {
    const taken = new Set();
    to.font = `13px ${paint.font}`;
    to.fillStyle = paint.label;
    to.textAlign = 'center';
    for (const { name, x, y } of this.#names) {
      const px = (x - left) * world, py = (y - top) * world;
      if (px < 0 || py < 0 || px > w || py > h) continue;
      const room = `${Math.round(px / NAME_ROOM[0])} ${Math.round(py / NAME_ROOM[1])}`;
      if (taken.has(room)) continue;
      taken.add(room);
      to.fillText(name, px, py);
    }
  }
}

function stroke(to, colour, width) {
  to.strokeStyle = colour;
  to.lineWidth = width;
  to.stroke();
}

/** On which sides outside of what is seen a point lies, as bits. */
const outside = (x, y, [x0, y0, x1, y1]) => (x < x0 ? 1 : x > x1 ? 2 : 0) | (y < y0 ? 4 : y > y1 ? 8 : 0);

/** Runs of points beyond one edge are one step: a coast is long, and little of it is seen. */
function path(to, lines, level, { left, top, world, seen }) {
  to.beginPath();
  for (const { levels } of lines) {
    const points = levels[level];
    let beyond = 0, skipped = -1;
    for (let n = 0; n < points.length; n += 2) {
      const side = outside(points[n], points[n + 1], seen);
      if (n > 0 && side & beyond) { skipped = n; beyond &= side; continue; }
      if (skipped >= 0) to.lineTo((points[skipped] - left) * world, (points[skipped + 1] - top) * world);
      skipped = -1;
      beyond = side;
      const x = (points[n] - left) * world, y = (points[n + 1] - top) * world;
      if (n === 0) to.moveTo(x, y); else to.lineTo(x, y);
    }
    if (skipped >= 0) to.lineTo((points[skipped] - left) * world, (points[skipped + 1] - top) * world);
  }
}
