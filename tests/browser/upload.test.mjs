// Files of a case: with a script piece by piece, going on by itself after a break; without one in a form.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { follow, look, press, says, signIn } from './people.mjs';

const file = (name, buffer, mimeType = 'application/octet-stream') => ({ name, buffer, mimeType });
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** The page of the files of the reporter's first case. */
async function files(options = {}) {
  const page = await signIn('reporter', options);
  await page.goto('/vorgaenge');
  await page.locator('main a[href^="/vorgaenge/TH-"]').first().click();
  await follow(page, 'Dateien hinzufügen');
  await page.getByRole('heading', { name: 'Dateien und Beweise' }).waitFor();
  return page;
}

test('a town hall sends several files, loses the connection, and the files come by themselves', async () => {
  const page = await files();
  await look(page, 'dateien-leer');
  const large = randomBytes(12_000_000);
  let cut = 0;
  await page.route('**/beweise/*', async (route) => {
    const isPiece = route.request().method() === 'PATCH';
    if (isPiece && route.request().headers()['upload-offset'] !== '0' && cut < 2) {
      cut += 1;
      return route.abort('connectionreset');
    }
    return route.continue();
  });
  await page.locator('#datei').setInputFiles([file('abbild.raw', large), file('notiz.txt', Buffer.from('Guten Tag'))]);
  await press(page, 'Dateien senden');
  await says(page, 'Keine Verbindung. Es geht von selbst weiter.');
  await page.getByText(sha256(large)).waitFor({ state: 'attached', timeout: 60_000 });
  await page.getByText(sha256(Buffer.from('Guten Tag'))).waitFor({ state: 'attached' });
  assert.equal(cut, 2);
  const lost = page.faults.splice(0).filter((fault) => !fault.includes('ERR_CONNECTION_RESET'));
  assert.deepEqual(lost, []);
  await page.locator('details').first().locator('summary').click();
  await look(page, 'dateien');
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Herunterladen abbild.raw' }).click();
  const got = await readFile(await (await download).path());
  assert.equal(sha256(got), sha256(large));
  await page.context().close();
});

test('a town hall drops a file and is told at once what is not taken', async () => {
  const page = await files();
  await page.locator('#datei').setInputFiles(file('leer.txt', Buffer.alloc(0)));
  await press(page, 'Dateien senden');
  await says(page, '„leer.txt“ ist leer.');
  await page.getByRole('button', { name: 'Noch einmal versuchen' }).waitFor();
  const told = page.faults.splice(0);
  assert.deepEqual(told.filter((fault) => !fault.includes('status of 422')), []);
  await page.reload();
  const data = await page.evaluateHandle(() => {
    const dropped = new DataTransfer();
    dropped.items.add(new File(['gezogen'], 'gezogen.txt'));
    return dropped;
  });
  await page.dispatchEvent('form[data-upload]', 'drop', { dataTransfer: data });
  await page.getByText(sha256(Buffer.from('gezogen'))).waitFor({ state: 'attached' });
  await page.context().close();
});

test('a town hall sends several files with JavaScript switched off', async () => {
  const page = await files({ javaScriptEnabled: false });
  const one = file('ohne-skript.txt', Buffer.from('eins'));
  await page.locator('#datei').setInputFiles([one, file('zwei.log', Buffer.from('zwei'))]);
  await press(page, 'Dateien senden');
  await says(page, 'Ihre Dateien sind angekommen.');
  await says(page, 'ohne-skript.txt');
  await page.locator('#datei').setInputFiles(file('nichts.txt', Buffer.alloc(0)));
  await press(page, 'Dateien senden');
  await page.getByRole('alert').getByText('„nichts.txt“ ist leer.').waitFor();
  await page.context().close();
});

test('a town hall reads a mail that it sent in, without loading anything', async () => {
  const page = await files();
  const mail = 'Received: from boese.example by mx.example\r\nFrom: Chef <chef@boese.example>\r\nSubject: Zahlung\r\n\r\nBitte zahlen Sie.';
  await page.locator('#datei').setInputFiles(file('phishing.eml', Buffer.from(mail), 'message/rfc822'));
  await press(page, 'Dateien senden');
  await page.getByRole('link', { name: 'Mail ansehen phishing.eml' }).click();
  await says(page, 'Bitte zahlen Sie.');
  await says(page, 'Chef <chef@boese.example>');
  await look(page, 'mail');
  await page.context().close();
});

test('an analyst adds a suspected sample for the team alone', async () => {
  const page = await signIn('analyst');
  await follow(page, 'TH-2026-00001');
  await follow(page, 'Öffnen');
  await follow(page, 'Dateien hinzufügen');
  await page.getByLabel('Nur ThüringenCERT').check();
  await page.getByLabel('Verdacht auf Schadsoftware').check();
  await page.locator('#datei').setInputFiles(file('probe.exe', Buffer.from('MZ')));
  await press(page, 'Dateien senden');
  await says(page, 'Passwort „infected“');
  await look(page, 'dateien-team');
  await page.context().close();
});
