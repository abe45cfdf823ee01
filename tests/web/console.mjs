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
  assert.match(await first.innerText(), /出した後の空白 (ここへ次の隊 [\d.]+分|影響なし)/);
  await page.locator('#place canvas[data-scene]').waitFor();
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

/** Once a unit is sent, digits answer the question about the card, and a message is written and sent without the mouse. */
async function tells(page) {
  await page.keyboard.press('1');
  const ready = page.locator('#card button[value=ready]');
  await page.locator('#card button[value=ready][aria-pressed=true]').waitFor();
  assert.equal(await ready.getAttribute('data-key'), 'Digit1');
  await page.keyboard.press('j');
  assert.equal(await focused(page, 'name'), 'phrase');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'text' && document.activeElement.value.startsWith('カードとお薬手帳'));
  await page.keyboard.press('Enter');
  await page.locator('#messages li').first().waitFor();
  await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'text' && document.activeElement.value === '');
  await page.keyboard.type('家族が玄関先で待っています');
  await page.keyboard.press('Enter');
  await page.locator('#messages li').nth(1).waitFor();
  const first = await page.locator('#messages li').first().innerText();
  assert.ok(first.includes('家族が玄関先') && first.includes('隊の表示待ち'), first);
  await page.keyboard.press('Escape');
  await shot(page, 'told');
  await check(page, 'case with messages');
}

/** An alarm that was seen to leaves 要対応 by one key, stands under 確認済み, and nothing of the page is lost. */
async function putsAside(page) {
  const silent = page.locator('#todo .nowbox', { hasText: '隊が無応答' });
  await silent.first().waitFor();
  const before = await silent.count();
  await silent.first().locator('a.btn').focus();
  await page.keyboard.press('k');
  await page.locator('#todo', { hasText: '確認済み 1' }).waitFor();
  await page.waitForFunction((n) => [...document.querySelectorAll('#todo .nowbox')].filter((e) => e.textContent.includes('隊が無応答')).length === n, before - 1);
  assert.equal(new URL(page.url()).pathname, '/');
  await shot(page, 'aside');
}

/** Filters and categories by keys; they stand in the address, so that a reload keeps them. */
async function filters(page) {
  const rows = page.locator('#cases tbody tr');
  const all = await rows.count();
  await follow(page, 'f', '**/?show=open');
  await follow(page, 'f', '**/?show=own');
  assert.equal(await rows.count(), all, 'this dispatcher has opened them all');
  await follow(page, 'f', '**/?show=hard');
  await page.locator('#cases .empty').waitFor();
  await page.reload();
  await page.locator('#cases .empty').waitFor();
  await follow(page, 'f', (url) => url.search === '');
  const categories = () => page.locator('table.levels tbody tr').count();
  const few = await categories();
  await follow(page, 'x', '**/?more=true');
  assert.equal(await categories(), few + 4);
  await follow(page, 'x', (url) => url.search === '');
  await follow(page, 'y', '**/?of=stroke_thrombolysis');
  const spoken = await page.locator('table.levels tr.chosen .lv').first().getAttribute('aria-label');
  assert.match(spoken, /^脳卒中rt-PA .+(手入力|報告なし)/, spoken);
  await shot(page, 'category');
  await check(page, 'category');
  await open(page, '/');
}

/** Sounds are armed by one key; then a new call knocks, and the bar says that it can be heard. */
async function sounds(page) {
  await page.evaluate(() => { window.sounded = []; document.addEventListener('sounded', (e) => window.sounded.push(e.detail)); });
  assert.equal(await page.locator('.soundbar.off').count(), 1);
  await page.keyboard.press('s');
  await page.locator('.soundbar:not(.off)').waitFor();
  await page.waitForFunction(() => window.sounded.some(({ name, heard }) => name === 'call' && heard), null, { timeout: 20_000 });
}

/** The room's screen: nothing of a patient, nothing small, dark. */
async function wall(page) {
  await open(page, '/wall');
  await page.locator('#figures .fig').first().waitFor();
  const small = await page.evaluate(() => {
    const tiny = (e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) && e.getClientRects().length && !e.closest('.hide') && parseFloat(getComputedStyle(e).fontSize) < 22;
    return [...document.querySelectorAll('body *')].filter(tiny).map((e) => `${e.className} ${e.textContent.slice(0, 20)}`);
  });
  assert.deepEqual(small, []);
  assert.equal(await page.locator('html[data-look=dark]').count(), 1);
  const words = await page.locator('main').innerText();
  assert.ok(!words.includes('訓練町') && !words.includes('訓練の通報'), 'no place and no word of a call');
  await shot(page, 'wall');
  await check(page, 'wall');
  await page.keyboard.press('Escape');
  await page.waitForURL((url) => url.pathname === '/');
}

/** The dispatch page in English and back. */
async function english(page) {
  await page.keyboard.press('Shift+L');
  await page.locator('html[lang=en]').waitFor();
  await page.locator('#map [data-moved]', { hasText: ' s' }).waitFor();
  const words = await page.locator('main').innerText();
  for (const word of ['Needs you', 'Incidents', 'Capacity', 'Units', 'Watch']) assert.ok(words.includes(word), word);
  await check(page, 'English');
  await shot(page, 'english');
  await page.keyboard.press('Shift+L');
  await page.locator('html[lang=ja]').waitFor();
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
  await page.getByText('胸が苦しい').first().waitFor();
  await page.locator('#card', { hasText: '用意あり' }).first().waitFor();
}

/** While the server is lost nothing is sent, the page says so and keeps what was typed; then the same press sends it. */
async function lost(browser, world) {
  const { page, context } = await person(browser, world.origin, 'dispatcher');
  await signIn(page, world.account.login, world.account.passcode);
  await open(page, '/incidents/new');
  await page.getByLabel('場所').fill('訓練町98丁目');
  await context.setOffline(true);
  await page.getByRole('button', { name: '事案を開く' }).click();
  await page.getByRole('alert').filter({ hasText: 'まだ送っていません' }).waitFor();
  assert.equal(new URL(page.url()).pathname, '/incidents/new');
  assert.equal(await page.getByLabel('場所').inputValue(), '訓練町98丁目');
  await check(page, '119, server lost');
  await shot(page, 'lost');
  await context.setOffline(false);
  await page.getByRole('button', { name: '事案を開く' }).click();
  await page.waitForURL('**/cases/*');
  await page.getByText('訓練町98丁目').first().waitFor();
  await context.close();
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

const { world, stop } = await serveCrowd('--units', '60', '--incidents', '40', '--silent', '2', '--reports', '20');
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
  await tells(page);
  step('told');
  await walksTheList(page);
  await putsAside(page);
  step('aside');
  await filters(page);
  await sounds(page);
  step('sounds');
  await findsOnTheMap(page);
  step('map');
  await darkAndBack(office);
  step('dark');
  await english(page);
  await wall(page);
  step('wall');
  await listOfKeys(page);
  await opensAnIncident(page);
  step('incident');
  await lost(browser, world);
  step('lost');
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
