// Pictures under the outlines (`/map/{z}/{x}/{y}`), where the server has a file of them. They are kept in memory only.

import { project } from './outlines.js';

/** Requests at once: the page's own streams need room beside them. */
const AT_ONCE = 6;
/** Pixels of pictures that are kept, and tiles that are known; the longest unused go first. 24 million pixels are some 96 MB. */
const PIXELS_MAX = 24e6, TILES_MAX = 4000;
/** A tile that could not be fetched is tried again after so long; what arrives is painted together after so long. Milliseconds. */
const AGAIN = 10e3, GATHER = 150;
/** Further out than this below the least zoom nothing is drawn: too many tiles for too little. */
const BELOW = 1;
/** Coarser tiles stand in for one that is on its way, up to so many zooms above. */
const STAND_IN = 5;
/** Quieter than the markers on them; by night turned dark, with the hues kept. */
const QUIET = 0.85, NIGHT = 'invert(1) hue-rotate(180deg) brightness(0.8) contrast(0.85)';

export class Tiles {
  #first; #last; #box; #side = 256; #kept = new Map(); #pixels = 0; #wanted = []; #busy = 0; #arrived; #gathering = false; #dark; #ended = false;

  /** `shape` as the page says it; `arrived` is called when there is more to paint. */
  constructor(shape, dark, arrived) {
    const [first, last, west, south, east, north] = shape.split(',').map(Number);
    const whole = !(west < east && south < north && south > -89 && north < 89);
    const [a, b] = whole ? [{ x: 0, y: 0 }, { x: 1, y: 1 }] : [project(north, west), project(south, east)];
    [this.#first, this.#last, this.#box, this.#dark, this.#arrived] = [first, last, [a.x, a.y, b.x, b.y], dark, arrived];
  }

  /** Paints what is here over what is seen, and asks for the rest; true where anything was painted. */
  draw(to, { left, top, world, seen }, zoom, dpr) {
    const wanted = Math.round(zoom - Math.log2(this.#side / 256)), z = Math.min(this.#last, Math.max(this.#first, wanted));
    if (wanted < this.#first - BELOW) { this.#wanted = []; return false; }
    const n = 2 ** z, edge = (v, from) => Math.round((v / n - from) * world * dpr) / dpr;
    const span = (from, to, low, high) => [Math.floor(Math.max(from, low) * n), Math.min(n, Math.ceil(Math.min(to, high) * n))];
    const [x0, x1] = span(seen[0], seen[2], this.#box[0], this.#box[2]), [y0, y1] = span(seen[1], seen[3], this.#box[1], this.#box[3]);
    const missing = [];
    let painted = false;
    to.globalAlpha = QUIET;
    for (let y = y0; y < y1; y++) {
      for (let x = x0; x < x1; x++) {
        const there = { x: edge(x, left), y: edge(y, top) };
        painted = this.#paint(to, z, x, y, { ...there, w: edge(x + 1, left) - there.x, h: edge(y + 1, top) - there.y }) || painted;
        if (!this.#known(z, x, y)) missing.push({ z, x, y, far: Math.hypot((x + 0.5) / n - (seen[0] + seen[2]) / 2, (y + 0.5) / n - (seen[1] + seen[3]) / 2) });
      }
    }
    to.globalAlpha = 1;
    // What was wanted before and is no longer seen is not asked for any more.
    this.#wanted = missing.sort((a, b) => b.far - a.far);
    this.#ask();
    return painted;
  }

  #known(z, x, y) { const one = this.#kept.get(`${z}/${x}/${y}`); return one && (one.until === undefined || one.until > performance.now()); }

  /** The tile itself, or the part of a coarser one. */
  #paint(to, z, x, y, at) {
    for (let up = 0; up <= Math.min(STAND_IN, z - this.#first); up++) {
      const name = `${z - up}/${x >> up}/${y >> up}`, one = this.#kept.get(name);
      // The file has nothing here: a coarser picture would claim that it has.
      if (one && !one.picture && one.until === undefined) return false;
      if (!one?.picture) continue;
      this.#kept.delete(name);
      this.#kept.set(name, one);
      const part = one.picture.width / 2 ** up, mask = 2 ** up - 1;
      to.drawImage(one.picture, (x & mask) * part, (y & mask) * part, part, part, at.x, at.y, at.w, at.h);
      return true;
    }
    return false;
  }

  #ask() {
    while (!this.#ended && this.#busy < AT_ONCE && this.#wanted.length) {
      const { z, x, y } = this.#wanted.pop(), name = `${z}/${x}/${y}`;
      this.#busy += 1;
      this.#keep(name, { until: performance.now() + AGAIN });
      this.#fetch(name).catch(() => {}).finally(() => { this.#busy -= 1; this.#ask(); });
    }
  }

  async #fetch(name) {
    const answer = await fetch(`/map/${name}`);
    // Signed out, or another server: the page says so elsewhere.
    if ([401, 403, 404].includes(answer.status)) { this.#ended = true; return; }
    if (!answer.ok) return;
    this.#keep(name, answer.status === 204 ? {} : { picture: this.#inLook(await createImageBitmap(await answer.blob())) });
    if (this.#gathering) return;
    this.#gathering = true;
    setTimeout(() => { this.#gathering = false; this.#arrived(); }, GATHER);
  }

  /** Once for each picture, so that painting costs the same by night. */
  #inLook(picture) {
    this.#side = picture.width;
    if (!this.#dark) return picture;
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [picture.width, picture.height];
    const to = canvas.getContext('2d');
    // A browser without filters gets a veil: darker, and all the same readable.
    const filters = typeof to.filter === 'string';
    if (filters) to.filter = NIGHT;
    to.drawImage(picture, 0, 0);
    if (!filters) { to.fillStyle = '#0b1016b0'; to.fillRect(0, 0, canvas.width, canvas.height); }
    picture.close();
    return canvas;
  }

  #keep(name, one) {
    const size = (tile) => (tile?.picture ? tile.picture.width * tile.picture.height : 0);
    this.#pixels += size(one) - size(this.#kept.get(name));
    this.#kept.delete(name);
    this.#kept.set(name, one);
    for (const [old, tile] of this.#kept) {
      if (this.#pixels <= PIXELS_MAX && this.#kept.size <= TILES_MAX) break;
      this.#pixels -= size(tile);
      this.#kept.delete(old);
    }
  }
}
