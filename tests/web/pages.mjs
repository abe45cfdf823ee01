// Dispatcher, hospital desk and crew at one transport, in a real Chromium. `scenarios/browser.rs` starts the server and plays
// the crew: a line {"cue": …} on standard output is its word to act. Standard input is one JSON object: addresses and accounts.

import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { Fhir } from 'fhir';
import { accessible } from './accessible.mjs';
import { isTraining, launch, open, person, press, showPages, signIn } from './watched.mjs';

const world = JSON.parse(await text(process.stdin));
const { origin, dispatcher, desk } = world;
/** Stands in the history of the patient whose card the crew reads. */
const HISTORY = /ワ[ール]ファリン/;
const cue = (name, more = {}) => console.log(JSON.stringify({ cue: name, ...more }));
const step = (name) => console.error(`${(performance.now() / 1000).toFixed(1)} s ${name}`);

/** A program's request. Its certificate check is real: the caller named the installation's authority in the environment. */
async function program(path, body, token) {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const answer = await fetch(origin + path, { method: 'POST', headers, body: JSON.stringify(body) });
  assert.ok(answer.ok, `${path}: ${answer.status}`);
  return answer.json();
}

async function wrongPasscode(browser) {
  const stranger = await person(browser, origin, 'stranger', [401, 404]);
  const { page, context } = stranger;
  await signIn(page, dispatcher.login, 'not-the-passcode');
  const said = await page.getByRole('alert').innerText();
  assert.match(said, /パスコードが違います。.+。/);
  assert.deepEqual(await context.cookies(), [], 'no session for a wrong passcode');
  await open(page, '/');
  assert.equal(new URL(page.url()).pathname, '/sign-in', 'without a session every page leads to the sign-in');
  await open(page, '/no-such-page');
  stranger.clean();
  await context.close();
}

async function cookieIsOutOfReach(someone) {
  const [cookie] = await someone.context.cookies();
  assert.ok(cookie.httpOnly && cookie.secure && cookie.sameSite === 'Strict', JSON.stringify({ ...cookie, value: '' }));
  const kept = () => [document.cookie, localStorage.length, sessionStorage.length];
  assert.deepEqual(await someone.page.evaluate(kept), ['', 0, 0]);
}

/** 119受付 by the form, then the unit by the case's own form. */
async function opensAnIncident(page) {
  await press(page, 'link', '119受付', '**/incidents/new');
  await page.getByLabel('場所').fill(world.place);
  await page.getByLabel('緯度').fill('35.694');
  await page.getByLabel('経度').fill('139.414');
  await page.getByLabel('通報の内容').fill('自宅で転倒し頭部を打った');
  await press(page, 'button', '事案を開く', '**/cases/*');
  const address = page.url();
  await page.locator('#head').getByText('未割当').waitFor();
  const unit = page.getByRole('combobox', { name: '隊', exact: true });
  const choice = await unit.locator('option', { hasText: world.callsign }).getAttribute('value');
  await unit.selectOption(choice);
  await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: '割り当てる', exact: true }).click()]);
  await isTraining(page);
  assert.equal(page.url(), address);
  await page.locator('#head').getByText(world.callsign).waitFor();
  return address.split('/').at(-1);
}

/** What a program opens meanwhile appears by itself: the page is marked, and the mark is still there afterwards. */
async function seesWhatAProgramOpens(page) {
  await press(page, 'link', '指令', `${origin}/`);
  await page.evaluate(() => { window.sameLoad = true; });
  const place = '立川市曙町訓練番地';
  const { token } = await program('/api/v1/sign-in', dispatcher);
  const { case: id } = await program('/api/v1/incidents', { place }, token);
  await page.locator('#cases tr', { hasText: place }).waitFor();
  await page.locator('#todo', { hasText: '未割当の119' }).locator(`a[href="/cases/${id}"]`).waitFor();
  assert.equal(await page.evaluate(() => window.sameLoad), true, 'the page was loaded again');
}

const row = (page, id) => page.locator('#cases tr', { has: page.locator(`a[href="/cases/${id}"]`) });

/** A part that the server replaces leaves the keys where they are. */
async function keysStay(page, id) {
  await page.locator(`#cases a[href="/cases/${id}"]`).focus();
  cue('stamp', { stage: 'en_route_at' });
  await row(page, id).getByText('出動', { exact: true }).waitFor();
  await page.waitForFunction((href) => document.activeElement?.getAttribute('href') === href, `/cases/${id}`);
}

/** The enquiry is drawn anew between press and release: the tap counts all the same. */
async function tapWhileItChanges(page, button) {
  await button.hover();
  await page.mouse.down();
  const told = page.evaluate((words) => new Promise((resolve) => {
    const source = new EventSource('/live/desk');
    source.addEventListener('panel', (e) => { if (e.data.includes(words)) { source.close(); resolve(); } });
  }), world.complaint);
  cue('observe');
  await told;
  await page.mouse.up();
}

/** One tap at the start of a shift; a muted board says so and is watched again when the sound is back. */
async function armsTheSound(page) {
  const bar = page.locator('.watch');
  await bar.getByText('音が出ません').waitFor();
  await bar.getByRole('button', { name: '音を入れる' }).click();
  await bar.getByText('見守り中').waitFor();
  await page.keyboard.press('m');
  await bar.getByText('音を止めています').waitFor();
  await bar.getByText('電話に回ります').waitFor();
  await page.keyboard.press('m');
  await bar.getByText('見守り中').waitFor();
}

/** A key chooses, and nothing is sent before Enter. */
async function keysChoose(page, ring) {
  await page.waitForTimeout(700); // keys right after a ring are meant for something else
  const chosen = ring.locator('[data-key="1"][aria-pressed="true"]');
  // Keys right after a ring are meant for something else and do nothing.
  while (!(await chosen.count())) await page.keyboard.press('1');
  await page.keyboard.press('Escape');
  await ring.locator('[aria-pressed]').waitFor({ state: 'detached' });
}

/** For whoever wants to look: the folder is named in the environment. */
async function picture(page, name) {
  const folder = process.env.PAGES_PICTURES;
  if (!folder) return;
  const before = page.viewportSize();
  for (const [size, width, height] of [['desk', 1920, 1080], ['phone', 390, 844]]) {
    await page.setViewportSize({ width, height });
    await page.screenshot({ path: `${folder}/${name}-${size}.png`, fullPage: size === 'phone' });
  }
  await page.pdf({ path: `${folder}/${name}.pdf`, format: 'A4' });
  await page.setViewportSize(before);
}

async function answersWithOneTap(page, id) {
  await armsTheSound(page);
  await page.locator('#ringing').getByText('いま回答を待っている照会はありません').waitFor();
  cue('enquire', { case: id });
  const ring = page.locator('article[data-enquiry]');
  await ring.waitFor();
  assert.match(await ring.innerText(), new RegExp(`新しい受入照会[^]*${world.callsign}[^]*頭部`));
  // 届いた goes back to the crew because a page has it, 見た because somebody acts.
  await page.locator('article[data-enquiry]:not([data-undelivered])').waitFor();
  // Under each alert the day, the kind of record and the rule (design a02); of the row itself nothing.
  const records = await ring.locator('.records li').allInnerTexts();
  assert.ok(records.length > 0, 'an alert rings along');
  for (const record of records) assert.match(record, /(\d{4}-\d{2}-\d{2}|記録がないこと)[^]*R\d+ v\d+/, record);
  await accessible(page, 'ring');
  await picture(page, 'ring');
  await keysChoose(page, ring);
  await page.locator('article[data-enquiry]:not([data-unseen])').waitFor();
  await tapWhileItChanges(page, ring.getByRole('button', { name: /受入可/ }));
  const coming = page.locator('#coming').getByRole('link', { name: /引継書/ });
  await coming.waitFor();
  await page.locator('.watch').getByText('見守り中').waitFor();
  await isTraining(page);
  await page.locator('#todo').getByText('履歴が未読').waitFor();
  await accessible(page, 'coming');
  await picture(page, 'coming');
  return coming;
}

/** The document as FHIR R4, judged by a library that is not ours; what it must hold is there. */
async function isFhir(page) {
  const answer = await page.request.get(`${new URL(page.url()).pathname}.json`);
  assert.equal(answer.status(), 200);
  const bundle = await answer.json();
  const { valid, messages } = new Fhir().validate(bundle, { errorOnUnexpected: true });
  assert.ok(valid, JSON.stringify(messages, null, 1));
  const kinds = new Set(bundle.entry.map((entry) => entry.resource.resourceType));
  const wanted = ['Patient', 'Encounter', 'MedicationStatement', 'Coverage', 'Provenance'];
  assert.deepEqual(wanted.filter((kind) => !kinds.has(kind)), []);
  const broken = structuredClone(bundle);
  delete broken.entry.find((entry) => entry.resource.resourceType === 'Coverage').resource.payor;
  assert.equal(new Fhir().validate(broken).valid, false, 'the library sees what is missing');
}

async function readsTheHandover(page, link) {
  await link.click();
  await page.waitForURL('**/handover/*');
  await isTraining(page);
  await page.getByText(world.hospital).first().waitFor();
  assert.match(await page.locator('main').innerText(), HISTORY, 'the accepting hospital reads the history');
  await isFhir(page);
  await picture(page, 'handover');
  await page.getByRole('button', { name: 'QRコードを作る' }).click();
  await page.locator('.qr svg').waitFor();
  await isTraining(page);
}

/** The patient's receipt: who looked at what, on one sheet, without a row or a name. */
async function patientsReceipt(page, id) {
  await open(page, `/receipt/${id}`);
  await isTraining(page);
  const said = await page.locator('main').innerText();
  for (const words of [world.hospital, world.callsign, '薬剤', '口頭同意', 'マイナポータル']) assert.ok(said.includes(words), `${words}: ${said}`);
  assert.doesNotMatch(said, HISTORY);
  await accessible(page, 'receipt');
  await picture(page, 'receipt');
  await page.getByRole('button', { name: 'QRコードを作る' }).click();
  await page.locator('.qr svg').waitFor();
  await accessible(page, 'receipt with its code');
  await picture(page, 'receipt-code');
}

async function timelineRunsOn(page, id) {
  await row(page, id).getByText(world.hospital).waitFor();
  assert.equal(await page.evaluate(() => window.sameLoad), true, 'the destination came without another load');
  await page.locator(`#cases a[href="/cases/${id}"]`).click();
  await page.waitForURL(`**/cases/${id}`);
  await isTraining(page);
  await page.locator('#enquiries tr', { hasText: world.hospital }).getByText('搬送先', { exact: true }).waitFor();
  const lines = page.locator('#timeline li');
  const before = await lines.count();
  cue('stamp', { stage: 'on_scene_at' });
  await lines.filter({ hasText: '現場到着' }).waitFor();
  assert.ok((await lines.count()) > before);
  assert.doesNotMatch(await page.content(), HISTORY, 'no history on a dispatch page');
  for (const words of ['出動', world.hospital, world.callsign]) await lines.filter({ hasText: words }).first().waitFor();
}

async function signsOut(someone) {
  const { page, context } = someone;
  await press(page, 'link', 'パスコード', '**/password');
  await press(page, 'button', 'サインアウト', '**/sign-in');
  assert.deepEqual(await context.cookies(), []);
}

/** Everything in the order of one transport. */
async function transport(browser) {
  step('browser');
  await wrongPasscode(browser);
  step('wrong passcode');
  const office = await person(browser, origin, 'dispatcher');
  await signIn(office.page, dispatcher.login, dispatcher.passcode);
  assert.equal(office.page.url(), `${origin}/`);
  await cookieIsOutOfReach(office);
  step('dispatcher signed in');
  const id = await opensAnIncident(office.page);
  step('incident');
  await seesWhatAProgramOpens(office.page);
  await keysStay(office.page, id);
  step('live list');
  const board = await person(browser, origin, 'desk');
  await signIn(board.page, desk.login, desk.passcode);
  assert.equal(board.page.url(), `${origin}/desk`);
  const link = await answersWithOneTap(board.page, id);
  step('answer');
  await timelineRunsOn(office.page, id);
  step('timeline');
  await readsTheHandover(board.page, link);
  step('handover');
  await patientsReceipt(board.page, id);
  step('receipt');
  assert.ok(office.requests.has('/live/console') && board.requests.has('/live/desk'));
  await signsOut(office);
  office.clean();
  board.clean();
}

const browser = await launch();
try {
  await transport(browser);
  step('end');
} catch (error) {
  await showPages(browser);
  throw error;
} finally {
  await browser.close();
}
