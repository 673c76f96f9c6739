// Runs last: no page of the product was left out by the walks before.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { lookedAt } from './people.mjs';

const SOURCE = fileURLToPath(new URL('../../src', import.meta.url));
/** Answers of GET that are no page: a file to take away, a stream, and what leads on to one's own organisation. */
const NO_PAGE = [
  '/protokoll/ausfuhr', '/vorgaenge/{reference}/beweise/{file}', '/register/meine', '/statistik.csv', '/healthz', '/readyz',
  '/vorgaenge/{reference}/papiere/{papier}.pdf', '/vorgaenge/{reference}/papiere/{papier}.txt',
  '/vorgaenge/{reference}/pflichten/{stelle}/{regel}/{stufe}.pdf', '/vorgaenge/{reference}/pflichten/{stelle}/{regel}/{stufe}.json',
  '/register/notfallkarten.pdf', '/register/{id}/notfallkarte.pdf', '/register/{id}/krise.pdf',
  '/vorgaenge/{reference}/vorgang.pdf', '/vorgaenge/{reference}/vorgang.zip', '/vorgaenge/{reference}/betroffenheit/laender.csv',
  '/vorgaenge/{reference}/beobachtungen/tabelle', '/bereitschaft/kalender/{token}.ics',
  '/posteingang/{mail}/datei', '/posteingang/{mail}/anhang/{file}', '/eingang/live', '/vorgaenge/{reference}/live',
];

/** Where the parenthesis ends that is open at the beginning. */
function closing(text) {
  let depth = 1;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (depth === 0) return at;
  }
  throw new Error(`no end: ${text.slice(0, 60)}`);
}

/** The methods that are called on `resource("…")`, in whatever order: the chain of calls behind it. */
function methods(rest) {
  const names = [];
  for (let call; (call = rest.match(/^\s*\.\s*(\w+)\(/)); rest = rest.slice(closing(rest) + 1)) {
    names.push(call[1]);
    rest = rest.slice(call[0].length);
  }
  return names;
}

/** The addresses that a source registers for GET, as their patterns stand there. */
function routesOf(text) {
  const code = text.split('\n').filter((line) => !line.trimStart().startsWith('//')).join('\n');
  return code.split('resource(').slice(1).flatMap((part) => {
    const begin = part.match(/^\s*"(\/[^"]*)",?\s*\)/);
    return begin && methods(part.slice(begin[0].length)).includes('get') ? [begin[1]] : [];
  });
}

/** The addresses that the code registers for GET. */
async function routes() {
  const files = (await readdir(SOURCE, { recursive: true }))
    .filter((name) => name.endsWith('.rs') && !/tests/.test(name));
  const texts = await Promise.all(files.map((name) => readFile(`${SOURCE}/${name}`, 'utf8')));
  const isPage = (path) => !/^\/(api|assets|druck)\//.test(path) && !NO_PAGE.includes(path);
  return texts.flatMap(routesOf).filter(isPage);
}

test('a page is found wherever its GET stands among the methods', () => {
  const found = routesOf('x.service(web::resource("/a").post(f(1)).get(g)).service(web::resource(\n"/b",\n).route(h()).post(f))\n  // resource("/c").get(g)');
  assert.deepEqual(found, ['/a']);
});

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
