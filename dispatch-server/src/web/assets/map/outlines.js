// Outlines of land as `outlines.bin` holds them (format: assets/README.md), in the unit square of Web Mercator.

export const COAST = 0, PREFECTURE = 1, MUNICIPALITY = 2;

export const project = (lat, lon) => ({
  x: (lon + 180) / 360,
  y: (1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2,
});

/** Shortest step that a line keeps up to a zoom, in world units: below one pixel nothing is seen. */
const LEVELS = [6, 8, 10].map((zoom) => ({ zoom, step: 1 / (256 * 2 ** zoom) }));

/** `[{kind, box, levels: [Float64Array of x, y, …]}]`; the last level is the whole line. */
export function decode(buffer) {
  const bytes = new Uint8Array(buffer), head = new DataView(buffer);
  if (String.fromCharCode(...bytes.subarray(0, 4)) !== 'OUT1') throw new Error('not the outlines of this version');
  const [sx, sy, tx, ty] = [0, 1, 2, 3].map((n) => head.getFloat64(4 + 8 * n, true));
  let at = 36, x = 0, y = 0;
  const unsigned = () => {
    let number = 0, scale = 1, byte;
    do { byte = bytes[at++]; number += (byte & 127) * scale; scale *= 128; } while (byte > 127);
    return number;
  };
  const signed = () => { const n = unsigned(); return n % 2 ? -(n + 1) / 2 : n / 2; };
  const lines = [];
  while (at < bytes.length) {
    const kind = bytes[at++], count = unsigned(), whole = new Float64Array(2 * count);
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    for (let n = 0; n < count; n++) {
      x += signed();
      y += signed();
      const p = project(ty + sy * y, tx + sx * x);
      whole[2 * n] = p.x;
      whole[2 * n + 1] = p.y;
      box[0] = Math.min(box[0], p.x); box[1] = Math.min(box[1], p.y);
      box[2] = Math.max(box[2], p.x); box[3] = Math.max(box[3], p.y);
    }
    lines.push({ kind, box, levels: [...LEVELS.map(({ step }) => thinned(whole, step)), whole] });
  }
  return lines;
}

function thinned(whole, step) {
  const kept = [];
  for (let n = 0; n < whole.length; n += 2) {
    const end = n === 0 || n === whole.length - 2, k = kept.length;
    if (end || Math.hypot(whole[n] - kept[k - 2], whole[n + 1] - kept[k - 1]) >= step) kept.push(whole[n], whole[n + 1]);
  }
  return Float64Array.from(kept);
}

export const levelOf = (zoom) => {
  const n = LEVELS.findIndex((level) => zoom <= level.zoom);
  return n < 0 ? LEVELS.length : n;
};
