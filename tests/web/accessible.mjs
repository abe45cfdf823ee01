// The accessibility checker on an open page. What it calls serious or critical fails a test.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export async function accessible(page, where) {
  await page.evaluate(AXE);
  const { violations, passes } = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags }), TAGS);
  assert.ok(passes.length > 10, `${where}: the checker looked at something`);
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const told = grave.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.slice(0, 4).map((n) => `   ${n.html.slice(0, 160)}\n   ${n.failureSummary}`).join('\n')}`);
  assert.equal(told.join('\n'), '', where);
  return violations.map(({ id, nodes }) => `${id} ×${nodes.length}`);
}
