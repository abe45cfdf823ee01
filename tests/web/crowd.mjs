// What a frame of the dispatch console costs with thousands of moving units, in a real Chromium that draws in software.
//
//   node crowd.mjs [units] [seconds] [folder for pictures]      prints one JSON object
//
// `sim crowd` serves. Every frame in which the page paints is timed from its callback's begin to its end; the time between
// frames says what a person sees, waiting and the browser's own painting included.

import assert from 'node:assert/strict';
import { serveCrowd } from './served.mjs';
import { launch, person, signIn } from './watched.mjs';

const [units = '5334', seconds = '20', pictures] = process.argv.slice(2);

const quantiles = (list) => {
  const sorted = [...list].sort((a, b) => a - b), at = (q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
  return { frames: sorted.length, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: sorted.at(-1) };
};

/** Runs before the page's own scripts: times every frame's callback. */
function timed() {
  window.frames_ = { work: [], between: [] };
  const real = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (callback) => real((at) => {
    const begun = performance.now();
    callback(at);
    window.frames_.work.push(performance.now() - begun);
  });
  window.watch_ = (on) => {
    window.frames_ = { work: [], between: [] };
    let before = 0;
    const step = (at) => { if (before) window.frames_.between.push(at - before); before = at; if (window.watching_) real(step); };
    window.watching_ = on;
    if (on) real(step);
  };
}

/** What a person does with a map: drags it about, zooms in and out, as fast as frames come. */
async function use(page, box, time) {
  const until = performance.now() + time * 1000;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  for (let n = 0; performance.now() < until; n++) {
    await page.mouse.move(x, y);
    await page.mouse.down();
    for (let step = 0; step < 12; step++) await page.mouse.move(x + 14 * step * (n % 2 ? 1 : -1), y + 6 * step);
    await page.mouse.up();
    for (let step = 0; step < 4; step++) await page.mouse.wheel(0, n % 4 < 2 ? -120 : 120);
  }
}

const figures = async (page, on) => {
  const found = await page.evaluate(() => window.frames_);
  return { name: on, painting_ms: quantiles(found.work), between_ms: quantiles(found.between) };
};

async function measure(browser, world) {
  const office = await person(browser, world.origin, 'dispatcher');
  await office.context.addInitScript(timed);
  const { page } = office;
  await page.setViewportSize({ width: 1920, height: 1080 });
  await signIn(page, world.account.login, world.account.passcode);
  await page.locator('#map [data-moved]', { hasText: '前' }).waitFor();
  const box = await page.locator('#map canvas').boundingBox();
  const results = [];
  const shot = async (name) => pictures && page.screenshot({ path: `${pictures}/${name}.png` });
  for (const [name, keys] of [['nation', 0], ['region', 5], ['city', 6]]) {
    await page.locator('#map canvas').focus();
    for (let n = 0; n < keys; n++) await page.keyboard.press('Equal');
    await page.waitForTimeout(1500);
    await shot(name);
    await page.evaluate(() => window.watch_(true));
    await page.waitForTimeout(Number(seconds) * 250);
    results.push(await figures(page, `${name}, at rest while units move`));
    await page.evaluate(() => window.watch_(true));
    await use(page, box, Number(seconds) / 4);
    results.push(await figures(page, `${name}, dragged and zoomed`));
    await page.evaluate(() => window.watch_(false));
    await page.keyboard.press('Digit0');
    await page.locator('#map [data-map=all]').click();
    for (let n = 0; n < keys; n++) await page.locator('#map [data-map=in]').click();
  }
  office.clean();
  return results;
}

const { world, stop } = await serveCrowd('--units', units);
const browser = await launch();
try {
  const results = await measure(browser, world);
  assert.ok(results.every(({ painting_ms }) => painting_ms.frames > 0), 'every phase painted');
  console.log(JSON.stringify({ units: Number(units), viewport: '1920x1080', browser: browser.version(), results }, null, 1));
} finally {
  await browser.close();
  stop();
}
