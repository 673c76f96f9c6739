// A house on its first day: the links of the first two administrators, and a mail server that does not know everybody.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

import { enter, follow, linkIn, look, press, refused, says, setUpFactor, story, untilItSays, visitor } from './people.mjs';
import { PROGRAM } from './support.mjs';

const step = story();
const PASSWORD = 'Morgens um sieben ist die Welt in Ordnung.';
let data, smtp, program, base, links, recovery;

/** Takes mails to the administrators, refuses every other recipient for good. */
function refusing(socket) {
  let inMail = false;
  socket.on('error', () => {});
  socket.write('220 test ESMTP\r\n');
  socket.setEncoding('utf8').on('data', (lines) => {
    for (const line of lines.split('\r\n').filter(Boolean)) {
      if (inMail) {
        inMail = line !== '.';
        if (!inMail) socket.write('250 ok\r\n');
      } else if (/^DATA/i.test(line)) {
        inMail = true;
        socket.write('354 go on\r\n');
      } else if (/^RCPT/i.test(line) && !line.includes('@cert.example')) socket.write('550 5.1.1 no such mailbox\r\n');
      else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n');
      else socket.write('250 ok\r\n');
    }
  });
}

const listen = (server) => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));

/** A port that was free a moment ago. */
async function freePort() {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Sets the house up as an operator does, and reads the links from what it prints. */
async function open() {
  data = mkdtempSync(join(tmpdir(), 'meldekette-fresh-'));
  smtp = createServer(refusing);
  const mail = await listen(smtp);
  const address = `127.0.0.1:${await freePort()}`;
  base = `http://${address}`;
  const env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('MELDEKETTE_'))),
    MELDEKETTE_SERVER_LISTEN: address,
    MELDEKETTE_SERVER_PUBLIC_URL: base,
    MELDEKETTE_DATABASE_URL: `sqlite:${join(data, 'meldekette.db')}`,
    MELDEKETTE_KEYS_DIRECTORY: join(data, 'keys'),
    MELDEKETTE_KEYS_SEALING: 'passphrase',
    MELDEKETTE_KEYS_PASSPHRASE: 'nur für diesen Test',
    MELDEKETTE_MAIL_SMTP_SECURITY: 'none',
    MELDEKETTE_MAIL_SMTP_PORT: String(mail),
    MELDEKETTE_LOG_FILTER: 'error',
  };
  for (const command of [['migrate'], ['keys', 'demonstration']]) {
    const done = spawnSync(PROGRAM, command, { env, encoding: 'utf8' });
    assert.equal(done.status, 0, done.stderr);
  }
  program = spawn(PROGRAM, ['serve'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  await new Promise((resolve, reject) => {
    program.once('exit', (code) => reject(new Error(`it ended with ${code}: ${said}`)));
    program.stdout.setEncoding('utf8').on('data', (chunk) => {
      said += chunk;
      if ((said.match(/erste\/\S+\n/g) ?? []).length === 2) resolve();
    });
  });
  links = said.trim().split('\n').map((line) => linkIn(line, '/einladung/erste/'));
}

after(() => {
  program?.kill('SIGKILL');
  smtp?.close();
  if (data) rmSync(data, { recursive: true, force: true });
});

step('the first two administrators come in by the links that the program printed', async () => {
  await open();
  for (const [index, link] of links.entries()) {
    const page = await visitor({ baseURL: base });
    await page.goto(link);
    if (index === 0) await look(page, 'erste-administration');
    await press(page, 'Konto anlegen');
    await refused(page, 'name');
    await page.getByLabel('Name', { exact: true }).fill(`Administration ${index + 1}`);
    await page.getByLabel('E-Mail-Adresse').fill(`admin${index + 1}@cert.example`);
    await page.getByLabel('Neues Passwort').fill(PASSWORD);
    await press(page, 'Konto anlegen');
    await says(page, 'Ihr Konto ist angelegt.');
    // Nothing is reached before the second factor is there.
    assert.match(page.url(), /zweiter-faktor/);
    if (index === 0) await look(page, 'zweiter-faktor');
    await page.goto('/konten');
    assert.match(page.url(), /zweiter-faktor/);
    const factor = await setUpFactor(page, index === 0 ? (name) => look(page, name) : undefined);
    if (index === 0) recovery = factor.codes;
    await follow(page, 'Ich habe die Codes. Weiter');
    await page.waitForURL(/\/konten$/);
    await page.context().close();
  }
});

step('a mail that nobody takes waits for a person; its link is gone, and the page says what to do', async () => {
  const page = await visitor({ baseURL: base });
  await page.goto('/anmelden');
  await enter(page, { mail: 'admin1@cert.example', password: PASSWORD });
  await page.waitForURL(/\/anmelden\/code/);
  await look(page, 'code-eingeben');
  await page.getByLabel('Code', { exact: true }).fill('000000');
  await press(page, 'Anmelden');
  await refused(page, 'code');
  await page.getByLabel('Code', { exact: true }).fill(recovery[0]);
  await press(page, 'Anmelden');
  await follow(page, 'Warteschlangen');
  await says(page, 'Keine Mail ist gescheitert.');
  await look(page, 'warteschlangen-leer');
  await page.goto('/konten/neu');
  await page.getByLabel('E-Mail-Adresse').fill('niemand@nirgends.example');
  await page.getByLabel('Name', { exact: true }).fill('Analyse 1');
  await page.getByLabel('Analyse').check();
  await press(page, 'Einladung schicken');
  await says(page, 'Die Einladung ist unterwegs.');
  await page.goto('/warteschlangen');
  await untilItSays(page, 'no such mailbox');
  await look(page, 'warteschlangen');
  await press(page, 'Noch einmal versuchen');
  await says(page, 'Lassen Sie dort, wo sie entstand, eine neue versenden.');
  await look(page, 'link-geloescht');
  await page.context().close();
});
