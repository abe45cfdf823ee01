// The OpenAPI document, judged by a validator that is not ours. Standard input is the document; a fault is an exit code.

import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { Validator } from '@seriousme/openapi-schema-validator';

/** What the validator says of a document. */
async function judged(document) {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(document));
  return { valid, errors, version: validator.version };
}

const document = JSON.parse(await text(process.stdin));
const { valid, errors, version } = await judged(document);
assert.ok(valid, JSON.stringify(errors, null, 1));
assert.equal(version, '3.1');
assert.ok(Object.keys(document.paths).length > 40, 'the document speaks of every path');

// A validator that finds nothing wrong with anything would prove nothing.
const broken = [
  ['a parameter that is nowhere', (d) => { d.paths['/sign-in'].get.parameters = [{ name: 'x', in: 'nowhere' }]; }],
  ['a response without words', (d) => { delete d.paths['/sign-in'].get.responses['200'].description; }],
  ['a document without a title', (d) => { delete d.info.title; }],
  ['a word that is none of OpenAPI', (d) => { d.paths['/sign-in'].get.wrong = 1; }],
];
for (const [what, spoil] of broken) {
  const spoiled = structuredClone(document);
  spoil(spoiled);
  assert.equal((await judged(spoiled)).valid, false, what);
}
