// A browser whose every page is watched: errors on the console, requests to elsewhere, answers that refuse.

import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

/** Longest wait for anything on a page, milliseconds. Nothing here sleeps. */
const PATIENCE = 15_000;

const ARGUMENTS = [
  '--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
  // Whatever the browser itself would like to ask elsewhere has no name to ask.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost',
];

export const launch = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGUMENTS, timeout: 30_000 });

/** A person at a screen of their own: own cookies, one page. `mayFail` are the answers that this person is meant to get. */
export async function person(browser, origin, name, mayFail = []) {
  // The installation's own authority is not in the browser's list; that the certificate holds is checked by `programs`.
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'ja-JP', baseURL: origin });
  context.setDefaultTimeout(PATIENCE);
  const faults = [];
  const requests = new Set();
  context.on('request', (request) => {
    requests.add(new URL(request.url()).pathname);
    if (new URL(request.url()).origin !== origin) faults.push(`request to ${request.url()}`);
  });
  context.on('response', (response) => {
    if (response.status() >= 400 && !mayFail.includes(response.status())) faults.push(`${response.status()} for ${response.url()}`);
  });
  context.on('console', (message) => {
    const expected = mayFail.some((status) => message.text().includes(`status of ${status} `));
    if (['error', 'warning'].includes(message.type()) && !expected) faults.push(`console: ${message.text()}`);
  });
  context.on('weberror', (error) => faults.push(`script: ${error.error()}`));
  const page = await context.newPage();
  return { name, context, page, requests, clean: () => assert.deepEqual(faults, [], `${name}'s pages`) };
}

/** The page that is open is a training installation's, and says so to eyes, to screen readers and in its title. */
export async function isTraining(page) {
  const where = new URL(page.url()).pathname;
  assert.match(await page.title(), /^【訓練】/, where);
  const banner = page.getByRole('note');
  await banner.waitFor();
  assert.match(await banner.innerText(), /訓練用のサーバーです/, where);
}

/** Opens a page as an address. */
export async function open(page, path) {
  await page.goto(path);
  await isTraining(page);
}

/** Presses what leads to another page, and waits until it is there. */
export async function press(page, role, name, leadsTo) {
  await page.getByRole(role, { name, exact: true }).first().click();
  await page.waitForURL(leadsTo);
  await isTraining(page);
}

/** Signs in with the keys alone, from the moment the page is open. */
export async function signIn(page, login, passcode) {
  await open(page, '/sign-in');
  await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'login');
  await page.keyboard.type(login);
  await page.keyboard.press('Tab');
  await page.keyboard.type(passcode);
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
  await isTraining(page);
}

/** What stands on every open page, for whoever reads a failure. */
export async function showPages(browser) {
  for (const page of browser.contexts().flatMap((context) => context.pages())) {
    const words = await page.locator('body').innerText({ timeout: 1_000 }).catch(String);
    console.error(`--- ${page.url()}\n${words}\n---`);
  }
}
