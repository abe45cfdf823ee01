// A PMTiles file under the console's map, in a real Chromium: drawn below the outlines, credited, quiet by night; and nothing is asked
// for where there is no file. `node tiles.mjs [folder for pictures]`.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { accessible } from './accessible.mjs';
import { serveCrowd } from './served.mjs';
import { launch, open, person, showPages, signIn } from './watched.mjs';

const [pictures] = process.argv.slice(2);
const shot = async (page, name) => pictures && page.screenshot({ path: `${pictures}/${name}.png` });
const CREDIT = '訓練地図';
/** Green, with a darker frame so that a person sees the tiles on a picture. */
const SIDE = 256, GREEN = [40, 170, 60], FRAME = [20, 110, 40];

function png() {
  const rows = Buffer.alloc(SIDE * (1 + 3 * SIDE));
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const framed = x < 2 || y < 2 || x >= SIDE - 2 || y >= SIDE - 2;
      rows.set(framed ? FRAME : GREEN, y * (1 + 3 * SIDE) + 1 + 3 * x);
    }
  }
  const chunk = (name, data) => {
    const body = Buffer.concat([Buffer.from(name), data]), out = Buffer.alloc(8 + body.length);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc32(body), 4 + body.length);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(SIDE, 0);
  head.writeUInt32BE(SIDE, 4);
  head.set([8, 2], 8);
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

/** PMTiles 3: one picture stands for every tile of zooms 0–12, by one entry with a long run. */
function pmtiles() {
  const deepest = 12, all = (4 ** (deepest + 1) - 1) / 3, tile = png();
  const number = (n) => { const out = []; for (; n > 127; n = Math.floor(n / 128)) out.push((n % 128) | 128); return [...out, n]; };
  const root = Buffer.from([1, 0, ...number(all), ...number(tile.length), 1].flat());
  const about = Buffer.from(JSON.stringify({ attribution: `<a href="https://example.jp">${CREDIT}</a>` }));
  const head = Buffer.alloc(127), long = (n, at) => head.writeBigUInt64LE(BigInt(n), at);
  head.write('PMTiles', 'latin1');
  head[7] = 3;
  const sections = [[127, root.length], [127 + root.length, about.length], [127 + root.length + about.length, 0], [127 + root.length + about.length, tile.length]];
  sections.flat().forEach((n, index) => long(n, 8 + 8 * index));
  [all, 1, 1].forEach((n, index) => long(n, 72 + 8 * index));
  head.set([1, 1, 1, 2, 0, deepest], 96);
  [120, 20, 155, 47].forEach((degrees, index) => head.writeInt32LE(degrees * 1e7, 102 + 4 * index));
  return Buffer.concat([head, root, about, tile]);
}

/** The share of the map's canvas that is greener than anything that the outlines are painted with; whether it is more than `least`. */
const green = (least) => {
  const map = document.querySelector('#map canvas'), small = document.createElement('canvas');
  [small.width, small.height] = [160, 120];
  const to = small.getContext('2d', { willReadFrequently: true });
  to.drawImage(map, 0, 0, 160, 120);
  const { data } = to.getImageData(0, 0, 160, 120);
  let found = 0;
  for (let n = 0; n < data.length; n += 4) found += data[n + 1] - Math.max(data[n], data[n + 2]) > 25 ? 1 : 0;
  const share = found / (160 * 120);
  return least === undefined ? share : share > least;
};

async function isGreen(page, least, where) {
  await page.waitForFunction(green, least).catch(async () => assert.fail(`${where}: ${await page.evaluate(green)} of the map is the tiles' green`));
}

async function withTiles(browser, folder) {
  const file = join(folder, 'training.pmtiles');
  writeFileSync(file, pmtiles());
  const { world, stop } = await serveCrowd('--units', '30', '--incidents', '6', '--map-tiles', file);
  try {
    const office = await person(browser, world.origin, 'dispatcher');
    const { page } = office;
    await page.setViewportSize({ width: 1920, height: 1080 });
    await signIn(page, world.account.login, world.account.passcode);
    await page.locator('#map [data-moved]', { hasText: '前' }).waitFor();
    await page.locator('#map .legend', { hasText: `地図タイル: ${CREDIT}` }).waitFor();
    assert.equal(await page.locator('#map .legend a').count(), 0, 'a credit is text');
    await isGreen(page, 0.5, 'light');
    await accessible(page, 'console over tiles');
    await shot(page, 'tiles-light');
    // Deeper than the file goes: its deepest pictures are drawn larger.
    await page.locator('#map canvas').focus();
    for (let n = 0; n < 12; n++) await page.keyboard.press('Equal');
    await isGreen(page, 0.5, 'beyond the deepest zoom');
    await shot(page, 'tiles-near');
    await page.keyboard.press('l');
    await page.locator('html[data-look=dark]').waitFor();
    await page.locator('#map [data-moved]', { hasText: '前' }).waitFor();
    await isGreen(page, 0.5, 'dark');
    await accessible(page, 'dark console over tiles');
    await shot(page, 'tiles-dark');
    await open(page, '/wall');
    await isGreen(page, 0.4, 'wall');
    await shot(page, 'tiles-wall');
    assert.ok([...office.requests].some((path) => /^\/map\/\d+\/\d+\/\d+$/.test(path)));
    office.clean();
  } finally {
    stop();
  }
}

async function withoutTiles(browser) {
  const { world, stop } = await serveCrowd('--units', '30', '--incidents', '6');
  try {
    const office = await person(browser, world.origin, 'dispatcher');
    await signIn(office.page, world.account.login, world.account.passcode);
    await office.page.locator('#map [data-moved]', { hasText: '前' }).waitFor();
    assert.equal(await office.page.locator('#map[data-tiles]').count(), 0);
    assert.ok(await office.page.evaluate(green) < 0.05, 'outlines alone');
    assert.ok(![...office.requests].some((path) => path.startsWith('/map/')), 'nothing is asked for');
    office.clean();
  } finally {
    stop();
  }
}

const folder = mkdtempSync(join(tmpdir(), 'ems-tiles-'));
const browser = await launch();
try {
  await withTiles(browser, folder);
  await withoutTiles(browser);
} catch (error) {
  await showPages(browser);
  throw error;
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}
