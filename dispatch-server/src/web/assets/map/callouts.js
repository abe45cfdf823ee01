// Call-outs that stay for what needs a human, and how far a silent unit can have moved (design/web.md §10, `b01`).

/** A unit drives so fast at most on the way through a town, km/h: the ring is where it can be, not where it is. */
const FASTEST_KMH = 60;
/** The ring grows no further than this, km: by then it says only that nobody knows. */
const RING_MAX_KM = 15;
/** Call-outs on the map at most; the list has all. */
const CALLOUTS_MAX = 8;
/** The screen of the room is read from afar: nothing on it is smaller than 22 pixels, labels of the map 19 (design/web.md §3). */
export const SCALE = document.documentElement.hasAttribute('data-wall') ? 1.5 : 1;
const BIG = SCALE > 1 ? 24 : 15, SMALL = SCALE > 1 ? 22 : 13;
const WIDE = SCALE > 1 ? 300 : 196, HIGH = SCALE > 1 ? 68 : 46;
const EQUATOR_KM = 40_075;

const MARKS_EN = { 待: 'F', 出: 'E', 現: 'S', 搬: 'T', 病: 'H', 帰: 'R' };
export const english = document.documentElement.lang === 'en';
/** A mark in the page's language. */
export const letter = (mark) => (english ? MARKS_EN[mark] ?? mark : mark);
const say = (ja, en) => (english ? en : ja);

const long = (ms) => { const s = Math.max(0, Math.floor(ms / 1000)); return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`; };
const TROUBLE_EN = { 未割当: 'Unassigned', 困難: 'Hard', 搬送先が二つ: 'Two hospitals', 無応答: 'Silent', 確認: 'Check' };

/** What stands in a call-out, the gravest first. */
function wanted(world) {
  // A silence is told at the unit where its place is known; one that somebody has seen to (its case has no trouble) is not told.
  const seen = new Set(world.cases.filter((one) => one.trouble === '').map((one) => one.name));
  const alarms = world.units.filter((unit) => unit?.x !== undefined && world.isAlarm(unit) && !seen.has(unit.work));
  const atUnit = new Set(alarms.map((unit) => unit.work));
  const cases = world.cases.filter((one) => one.trouble !== '' && !(one.trouble === '無応答' && atUnit.has(one.name))).map((thing) => ({
    thing, order: thing.trouble === '未割当' ? 0 : thing.trouble === '困難' ? 1 : 2,
    head: `${say(thing.trouble, TROUBLE_EN[thing.trouble] ?? thing.trouble)} ${thing.name}`, line: `${say('覚知から', 'since the call')} ${long(world.now() - thing.since)}`,
  }));
  const units = alarms.map((thing) => ({
    thing, order: 3, head: `${say('無応答', 'Silent')} ${thing.callsign}`, line: say(`${Math.floor((world.now() - thing.at) / 60e3)}分前の位置`, `position ${Math.floor((world.now() - thing.at) / 60e3)} min old`),
  }));
  return [...cases, ...units].sort((a, b) => a.order - b.order).slice(0, CALLOUTS_MAX);
}

/** The ring around a silent unit's last place: as far as it can have gone since. */
export function drawRings(to, view, world, paint, place) {
  for (const unit of world.units) {
    if (unit?.x === undefined || unit.at === null || !world.isAlarm(unit)) continue;
    const km = Math.min(RING_MAX_KM, ((world.now() - unit.at) / 3_600e3) * FASTEST_KMH);
    // Web Mercator stretches by 1 / cos(latitude); the latitude follows from y.
    const latitude = Math.atan(Math.sinh(Math.PI * (1 - 2 * unit.y)));
    const radius = (km / (EQUATOR_KM * Math.cos(latitude))) * view.world;
    if (radius < 14) continue;
    const at = place(unit);
    to.beginPath();
    to.arc(at.x, at.y, radius, 0, 7);
    to.globalAlpha = 0.08; to.fillStyle = paint.now; to.fill(); to.globalAlpha = 1;
    to.setLineDash([5, 4]); to.lineWidth = 1.5; to.strokeStyle = paint.now; to.stroke(); to.setLineDash([]);
  }
}

/** Where a call-out has room: beside its thing, and off the others. */
function spot(at, taken, view) {
  const tries = [[26, -HIGH - 14], [26, 14], [-WIDE - 26, -HIGH - 14], [-WIDE - 26, 14], [-WIDE / 2, -HIGH - 40], [-WIDE / 2, 40]];
  const boxes = tries.map(([dx, dy]) => ({ x: at.x + dx, y: at.y + dy }));
  const free = (box) => box.x >= 4 && box.y >= 52 && box.x + WIDE <= view.w - 4 && box.y + HIGH <= view.h - 4
    && taken.every((other) => Math.abs(other.x - box.x) >= WIDE + 6 || Math.abs(other.y - box.y) >= HIGH + 6);
  return boxes.find(free);
}

/** Paints them; what has no room is counted. Returns what can be pressed. */
export function drawCallouts(to, view, world, paint, place, inside) {
  const taken = [], pressable = [];
  let left = 0;
  for (const one of wanted(world)) {
    const at = place(one.thing);
    if (!inside(at)) continue;
    const box = spot(at, taken, view);
    if (!box) { left += 1; continue; }
    taken.push(box);
    to.strokeStyle = paint.now; to.lineWidth = 1.5;
    to.beginPath(); to.moveTo(at.x, at.y); to.lineTo(box.x + (box.x > at.x ? 0 : WIDE), box.y + HIGH / 2); to.stroke();
    to.beginPath(); to.roundRect(box.x, box.y, WIDE, HIGH, 4);
    to.fillStyle = paint.nowFill; to.fill(); to.stroke();
    to.fillStyle = paint.onNow; to.textAlign = 'left'; to.textBaseline = 'alphabetic';
    to.font = `700 ${BIG}px ${paint.font}`; to.fillText(one.head, box.x + 10, box.y + HIGH * 0.42, WIDE - 20);
    to.font = `${SMALL}px ${paint.font}`; to.fillText(one.line, box.x + 10, box.y + HIGH * 0.82, WIDE - 20);
    pressable.push({ thing: one.thing, kind: one.thing.callsign === undefined ? 'case' : 'unit', x: box.x + WIDE / 2, y: box.y + HIGH / 2, wide: WIDE / 2, high: HIGH / 2 });
  }
  if (left > 0) {
    to.fillStyle = paint.nowFill; to.beginPath(); to.roundRect(view.w - 150 * SCALE, 50, 140 * SCALE, 28 * SCALE, 4); to.fill();
    to.fillStyle = paint.onNow; to.textAlign = 'left'; to.textBaseline = 'middle'; to.font = `700 ${SMALL}px ${paint.font}`;
    to.fillText(say(`ほか ${left} 件は一覧に`, `${left} more in the list`), view.w - 140 * SCALE, 50 + 15 * SCALE);
  }
  return pressable;
}
