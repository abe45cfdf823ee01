// A dispatcher at the console with the keys alone, in a real Chromium: finds, assigns, opens an incident; light and dark, large
// and small. `node console.mjs [folder for pictures]`.

import assert from 'node:assert/strict';
import { accessible } from './accessible.mjs';
import { serveCrowd } from './served.mjs';
import { isTraining, launch, open, person, showPages, signIn } from './watched.mjs';

const [pictures] = process.argv.slice(2);
const step = (name) => console.error(`${(performance.now() / 1000).toFixed(1)} s ${name}`);
const shot = async (page, name) => pictures && page.screenshot({ path: `${pictures}/${name}.png` });
const focused = (page, attribute) => page.evaluate((name) => document.activeElement?.getAttribute(name), attribute);
/** A key that leads to another page. */
const follow = async (page, key, to) => { await page.keyboard.press(key); await page.waitForURL(to); await isTraining(page); };

async function check(page, where) {
  const lesser = await accessible(page, where);
  if (lesser.length) console.error(`   ${where}: ${lesser.join(', ')}`);
}

/** A first unassigned call is opened by one key, its nearest unit is chosen by another, and Enter sends it. */
async function assigns(page) {
  await page.locator('#todo', { hasText: '未割当の119' }).waitFor();
  await follow(page, 'a', '**/cases/*');
  const first = page.locator('.nearest button').first();
  const minutes = await page.locator('.nearest .big').allInnerTexts();
  assert.ok(minutes.length >= 3, `${minutes.length} units are offered`);
  const numbers = minutes.map(parseFloat);
  assert.deepEqual(numbers, [...numbers].sort((a, b) => a - b), 'the nearest stands first');
  await shot(page, 'assign');
  await check(page, 'case');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  assert.equal(await focused(page, 'data-key'), 'Digit2', 'the arrows go along the units');
  await page.keyboard.press('1');
  assert.equal(await focused(page, 'data-key'), 'Digit1');
  const callsign = await first.locator('b').first().innerText();
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
  await page.locator('#head').getByText(callsign).waitFor();
}

/** Arrow keys go along what needs a human; the same entry stays chosen when the part is drawn anew. */
async function walksTheList(page) {
  await follow(page, 'Alt+Digit1', (url) => url.pathname === '/');
  await page.locator('#todo a.btn').nth(1).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  const [wanted, second] = [await focused(page, 'href'), await page.locator('#todo a.btn').nth(1).getAttribute('href')];
  assert.equal(wanted, second);
}

async function findsOnTheMap(page) {
  await page.locator('#map [data-moved]', { hasText: '前' }).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('訓練7');
  await page.keyboard.press('Enter');
  await page.locator('#map .callout', { hasText: '訓練7' }).waitFor();
  await shot(page, 'found');
  await page.keyboard.press('Escape');
  await page.keyboard.press('m');
  for (const key of ['ArrowLeft', 'ArrowUp', 'Equal', 'Equal', 'Minus', 'Escape']) await page.keyboard.press(key);
  assert.equal(await page.locator('#map .callout').isHidden(), true, 'Escape puts it away');
  await page.keyboard.press('0');
  assert.equal(await focused(page, 'data-map'), 'all');
  await page.keyboard.press('Enter');
}

/** Something is on the canvas, and it is more than one colour: land, sea, markers. */
async function mapIsPainted(page) {
  const colours = await page.evaluate(() => {
    const canvas = document.querySelector('#map canvas'), to = canvas.getContext('2d');
    const { data } = to.getImageData(0, 0, canvas.width, canvas.height), found = new Set();
    for (let n = 0; n < data.length; n += 400) found.add(`${data[n]},${data[n + 1]},${data[n + 2]}`);
    return found.size;
  });
  assert.ok(colours > 3, `${colours} colours on the map`);
}

async function darkAndBack(someone) {
  const { page, context } = someone;
  await page.keyboard.press('l');
  await page.locator('html[data-look=dark]').waitFor();
  await page.locator('#map [data-moved]', { hasText: '前' }).waitFor();
  await mapIsPainted(page);
  await check(page, 'console, dark');
  await shot(page, 'dark');
  const cookies = await context.cookies();
  assert.ok(cookies.length === 2 && cookies.every((c) => c.httpOnly && c.secure), 'no script reads a cookie');
  assert.deepEqual(await page.evaluate(() => [document.cookie, localStorage.length, sessionStorage.length]), ['', 0, 0]);
  await page.keyboard.press('l');
  await page.locator('html:not([data-look])').waitFor();
}

async function opensAnIncident(page) {
  await follow(page, 'Alt+Digit2', '**/incidents/new');
  await check(page, '119');
  await page.getByText('カードとお薬手帳', { exact: false }).first().waitFor();
  await page.getByLabel('場所').focus();
  await page.keyboard.type('訓練町99丁目');
  await page.getByLabel('通報の内容').focus();
  await page.keyboard.type('胸が苦しい');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowDown');
  await shot(page, 'call');
  await page.getByRole('button', { name: '事案を開く' }).focus();
  await follow(page, 'Enter', '**/cases/*');
  await page.getByText('胸が苦しい【カード・手帳】用意あり').first().waitFor();
}

async function listOfKeys(page) {
  await follow(page, 'Shift+?', '**/keys');
  await check(page, 'keys');
  await shot(page, 'keys');
}

async function small(page, name, width, height) {
  await page.setViewportSize({ width, height });
  await open(page, '/');
  await page.locator('#map [data-moved]', { hasText: '前' }).waitFor();
  const over = await page.evaluate(() => document.scrollingElement.scrollWidth - window.innerWidth);
  assert.ok(over <= 0, `${name}: the page is ${over} pixels too wide`);
  await check(page, name);
  await shot(page, name);
}

const { world, stop } = await serveCrowd('--units', '60', '--incidents', '40');
const browser = await launch();
try {
  const office = await person(browser, world.origin, 'dispatcher');
  const { page } = office;
  await page.setViewportSize({ width: 1920, height: 1080 });
  await signIn(page, world.account.login, world.account.passcode);
  await page.locator('#map [data-moved]', { hasText: '前' }).waitFor();
  await mapIsPainted(page);
  await check(page, 'console');
  await shot(page, 'console');
  step('console');
  await assigns(page);
  step('assigned');
  await walksTheList(page);
  await findsOnTheMap(page);
  step('map');
  await darkAndBack(office);
  step('dark');
  await listOfKeys(page);
  await opensAnIncident(page);
  step('incident');
  await small(page, 'laptop', 1280, 800);
  await small(page, 'phone', 390, 844);
  office.clean();
  step('end');
} catch (error) {
  await showPages(browser);
  throw error;
} finally {
  await browser.close();
  stop();
}
