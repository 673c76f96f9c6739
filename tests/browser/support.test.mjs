// The check that every page goes through must itself find what it is there for.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';

import { checkPage, launch, openPage } from './support.mjs';

const page = (body, head = '') => `<!doctype html><html lang="de"><head><meta charset="utf-8"><title>Probe</title>
  <link rel="icon" href="data:,"><meta name="viewport" content="width=device-width">
  <style>:root { color-scheme: light dark }</style>${head}</head>
  <body><main><h1>Probe</h1>${body}</main></body></html>`;

const PAGES = {
  '/good': page('<p>Alles lesbar.</p>'),
  '/pale': page('<p style="color:#ddd;background:#fff">Kaum lesbar.</p>'),
  '/pale-in-dark': page('<p class="x">Kaum lesbar.</p>', '<style>@media (prefers-color-scheme: dark) { .x { color: #222; background: #111 } }</style>'),
  '/wide': page('<div style="width:700px">Zu breit für ein Telefon.</div>'),
  '/wide-inside': page('<div style="overflow-x:auto" tabindex="0" role="region" aria-label="Tabelle"><div style="width:700px">Rollt in sich.</div></div>'),
  '/script': page('<p>Mit Skript.</p>', '<script>document.title = "Fremd"</script>'),
  '/untitled': page('<p>Ohne Titel.</p>').replace('Probe</title>', '</title>'),
  '/broken': page('<img alt="Wappen" src="/missing">'),
};

let browser, server, address;
before(async () => {
  server = createServer((request, answer) => {
    const body = PAGES[request.url];
    answer.writeHead(body ? 200 : 500, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:; script-src 'self'",
    });
    answer.end(body ?? '');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${server.address().port}`;
  browser = await launch();
});
after(async () => {
  await browser?.close();
  server?.close();
});

async function check(path) {
  const opened = await openPage(browser);
  try {
    await opened.goto(address + path);
    await checkPage(opened, path.slice(1), { shots: null });
  } finally {
    await opened.context().close();
  }
}

test('a readable page passes', () => check('/good'));
test('a table that scrolls in itself passes', () => check('/wide-inside'));
test('pale text is found', () => assert.rejects(check('/pale'), /360 px, light: axe color-contrast/));
test('text that is pale only in the dark is found', () => assert.rejects(check('/pale-in-dark'), /1280 px, dark: axe color-contrast/));
test('a page too wide for a telephone is found', () => assert.rejects(check('/wide'), /360 px, light: wider than the window: <div/));
test('a script that the policy forbids is found', () => assert.rejects(check('/script'), /Content Security Policy/));
test('a page without a title is found', () => assert.rejects(check('/untitled'), /no title/));
test('an answer of 500 is found', () => assert.rejects(check('/broken'), /500 for .*missing/));
