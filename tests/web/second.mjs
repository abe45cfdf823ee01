// The second factor in a real Chromium: an app is set, a terminal registered; the same day asks no more, another browser does, a used code is
// refused. Standard input is one JSON object: address and account. The app is played here, from the key on the page.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { accessible } from './accessible.mjs';
import { isTraining, launch, open, person, showPages, signIn } from './watched.mjs';

const { origin, desk } = JSON.parse(await text(process.stdin));
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The code that an app shows (RFC 6238), so many steps from now. */
function code(key, ahead = 0) {
  const bits = [...key].map((letter) => LETTERS.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const secret = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const tag = createHmac('sha1', secret).update(step).digest();
  return String((tag.readUInt32BE(tag[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

async function picture(page, name) {
  const folder = process.env.PAGES_PICTURES;
  if (!folder) return;
  const before = page.viewportSize();
  for (const [size, width, height] of [['desk', 1920, 1080], ['phone', 390, 844]]) {
    await page.setViewportSize({ width, height });
    await page.screenshot({ path: `${folder}/${name}-${size}.png`, fullPage: size === 'phone' });
  }
  await page.setViewportSize(before);
}

const path = (page) => new URL(page.url()).pathname;

/** On a training server nobody is asked before they have set an app. */
async function setsTheApp(page) {
  await signIn(page, desk.login, desk.passcode);
  assert.equal(path(page), '/desk');
  await open(page, '/second');
  await accessible(page, 'setting an app');
  await picture(page, 'second-set');
  const key = await page.locator('code.key').innerText();
  await page.getByLabel('アプリに表示された6桁').fill(code(key, -1));
  await page.getByLabel('この端末を登録する').check();
  await page.getByLabel('端末の名前').fill('救急受入デスク1');
  await page.getByRole('button', { name: '登録して続ける' }).click();
  await page.waitForURL('**/desk');
  return key;
}

/** The registered terminal says its name while nobody is signed in, and asks for the passcode alone until the day is over. */
async function sameDay({ page, context }) {
  const [terminal] = (await context.cookies()).filter((cookie) => cookie.name === '__Host-terminal');
  assert.ok(terminal.httpOnly && terminal.secure && terminal.sameSite === 'Strict');
  assert.ok(terminal.expires > Date.now() / 1000 + 300 * 86_400, 'it outlives the browser');
  await page.locator('form[action="/sign-out"] button').click();
  await page.waitForURL('**/sign-in');
  await page.getByText('救急受入デスク1').waitFor();
  await page.getByRole('button', { name: '呼び出し音を入れる' }).waitFor();
  await page.locator('[data-ring]').waitFor({ state: 'hidden' });
  await page.route('**/api/v1/terminal/ring', (route) => route.fulfill({ json: { registered: true, ringing: 1, until: Date.now() + 84_000 } }));
  await page.getByText('受入照会が1件鳴っています').waitFor();
  await accessible(page, 'ringing before signing in');
  await picture(page, 'second-ring');
  await page.unroute('**/api/v1/terminal/ring');
  await signIn(page, desk.login, desk.passcode);
  assert.equal(path(page), '/desk', 'asked once a day');
}

async function elsewhere(page, key) {
  await signIn(page, desk.login, desk.passcode);
  assert.equal(path(page), '/second');
  await page.goto('/desk');
  assert.equal(path(page), '/second', 'every page leads to the code');
  await accessible(page, 'the code');
  await picture(page, 'second-code');
  const used = code(key);
  const field = page.getByLabel('認証アプリの6桁');
  await Promise.all([page.waitForEvent('load'), field.fill(code(key, 40))]);
  assert.match(await page.getByRole('alert').innerText(), /認証コードが違うか、もう使われています/);
  await isTraining(page);
  // A full code sends itself.
  await field.fill(used);
  await page.waitForURL('**/desk');
}

const browser = await launch();
try {
  const first = await person(browser, origin, 'desk', [401]);
  const key = await setsTheApp(first.page);
  await sameDay(first);
  const other = await person(browser, origin, 'another browser', [401]);
  await elsewhere(other.page, key);
  first.clean();
  other.clean();
} catch (error) {
  await showPages(browser);
  throw error;
} finally {
  await browser.close();
}
