// Runs last: no page of the product was left out by the walks before.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { lookedAt } from './people.mjs';

const SOURCE = fileURLToPath(new URL('../../src', import.meta.url));
/** Answers of GET that are no page: a file to take away, and what leads on to one's own organisation. */
const NO_PAGE = [
  '/protokoll/ausfuhr', '/vorgaenge/{reference}/beweise/{file}', '/register/meine', '/healthz', '/readyz',
  '/vorgaenge/{reference}/papiere/{papier}.pdf', '/vorgaenge/{reference}/papiere/{papier}.txt',
  '/register/notfallkarten.pdf', '/register/{id}/notfallkarte.pdf',
];

/** The addresses that the code registers for GET, as their patterns stand there. */
async function routes() {
  const files = (await readdir(SOURCE, { recursive: true }))
    .filter((name) => name.endsWith('.rs') && !/tests/.test(name));
  const texts = await Promise.all(files.map((name) => readFile(`${SOURCE}/${name}`, 'utf8')));
  const found = texts.flatMap((text) => [...text.matchAll(/resource\(\s*"(\/[^"]*)",?\s*\)\s*\.get\(/g)].map((match) => match[1]));
  const isPage = (path) => !/^\/(api|assets|druck)\//.test(path) && !NO_PAGE.includes(path);
  return found.filter(isPage);
}

test('every page of the product has been looked at', async (t) => {
  const seen = lookedAt();
  if (process.argv.length > 2) return t.skip('counts only when all files run');
  const all = await routes();
  assert.ok(all.length > 30, `only ${all.length} routes found`);
  // The most exact pattern takes an address, as on the server: /konten/neu is no {account}.
  const exact = (pattern) => new RegExp(`^${pattern.replace(/\{\w+\}/g, '[^/]+')}$`);
  const rank = (pattern) => (pattern.match(/\{/g) ?? []).length;
  const taken = seen.map((path) => all.filter((pattern) => exact(pattern).test(path)).sort((a, b) => rank(a) - rank(b))[0]);
  assert.deepEqual(all.filter((pattern) => !taken.includes(pattern)), []);
});
