// A house on its first day: the links of the first two administrators, and a mail server that does not know everybody.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import openSqlite from 'sql.js';

import { enter, follow, linkIn, look, press, refused, says, setUpFactor, story, untilItSays, visitor } from './people.mjs';
import { PROGRAM } from './support.mjs';

const step = story();
const PASSWORD = 'Morgens um sieben ist die Welt in Ordnung.';
let data, smtp, program, base, env, links, recovery;
const taken = [];

/** Takes mails to the administrators, refuses every other recipient for good. */
function refusing(socket) {
  let inMail = false;
  let mail = [];
  socket.on('error', () => {});
  socket.write('220 test ESMTP\r\n');
  socket.setEncoding('utf8').on('data', (lines) => {
    for (const line of lines.split('\r\n').filter(Boolean)) {
      if (inMail) {
        mail.push(line);
        inMail = line !== '.';
        if (inMail) continue;
        taken.push(mail.join('\n').replace(/=\n/g, ''));
        mail = [];
        socket.write('250 ok\r\n');
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

const serve = () => spawn(PROGRAM, ['serve'], { env, stdio: ['ignore', 'pipe', 'inherit'] });

/** A database file with what is committed in the log beside it (SQLite's file format, section 4). */
function withLog(file, log) {
  const size = log.readUInt32BE(8);
  let [whole, frames] = [file, []];
  for (let at = 32; at + 24 + size <= log.length; at += 24 + size) {
    const isOfThisLog = log.subarray(at + 8, at + 16).equals(log.subarray(16, 24));
    if (!isOfThisLog) break;
    frames.push([log.readUInt32BE(at), log.subarray(at + 24, at + 24 + size)]);
    const pages = log.readUInt32BE(at + 4);
    if (pages === 0) continue;
    whole = Buffer.concat([whole], pages * size);
    for (const [page, bytes] of frames.splice(0)) bytes.copy(whole, (page - 1) * size);
  }
  return whole;
}

/** Stops the program, lets half a year pass in its database, and starts it again. */
async function sleepHalfAYear() {
  const ended = new Promise((resolve) => program.once('exit', resolve));
  program.kill('SIGTERM');
  await ended;
  const file = join(data, 'meldekette.db');
  const bytes = existsSync(`${file}-wal`) ? withLog(readFileSync(file), readFileSync(`${file}-wal`)) : readFileSync(file);
  // The copy in memory has no log beside it (bytes 18 and 19 of the header: 2 with one, 1 without).
  bytes.fill(1, 18, 20);
  const { Database } = await openSqlite();
  const database = new Database(bytes);
  const halfAYear = 200 * 24 * 3600 * 1_000_000;
  database.run('UPDATE contacts SET updated_at = updated_at - ?', [halfAYear]);
  database.run("UPDATE organisations SET enrolment = 'enrolled', is_administration = 1 WHERE id IN (SELECT organisation_id FROM contacts)");
  database.run("UPDATE jobs SET run_at = created_at WHERE name = 'directory.ask_contacts'");
  writeFileSync(file, database.export());
  for (const beside of ['-wal', '-shm']) rmSync(`${file}${beside}`, { force: true });
  database.close();
  program = serve();
  for (let tries = 0; !(await fetch(`${base}/readyz`).then((answer) => answer.ok, () => false)); tries += 1) {
    assert.ok(tries < 300, 'it never came up again');
    await sleep(200);
  }
}

/** Sets the house up as an operator does, and reads the links from what it prints. */
async function open() {
  data = mkdtempSync(join(tmpdir(), 'meldekette-fresh-'));
  smtp = createServer(refusing);
  const mail = await listen(smtp);
  const address = `127.0.0.1:${await freePort()}`;
  base = `http://${address}`;
  env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('MELDEKETTE_'))),
    MELDEKETTE_SERVER_LISTEN: address,
    MELDEKETTE_SERVER_PUBLIC_URL: base,
    MELDEKETTE_DATABASE_URL: `sqlite:${join(data, 'meldekette.db')}`,
    MELDEKETTE_KEYS_DIRECTORY: join(data, 'keys'),
    MELDEKETTE_EVIDENCE_FOLDER: join(data, 'evidence'),
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
  program = serve();
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

step('a contact that nobody heard of for half a year says by a link that it still holds', async () => {
  const page = await visitor({ baseURL: base });
  await page.goto('/anmelden');
  await enter(page, { mail: 'admin1@cert.example', password: PASSWORD });
  await page.waitForURL(/\/anmelden\/code/);
  await page.getByLabel('Code', { exact: true }).fill(recovery[1]);
  await press(page, 'Anmelden');
  await page.goto('/register?q=CERT');
  await page.locator('main a[href^="/register/"]').filter({ hasText: 'CERT' }).first().click();
  await follow(page, 'Neuer Kontakt');
  await page.getByLabel('Aufgabe').selectOption({ label: 'Vertretung' });
  await page.getByLabel('Funktionspostfach oder gemeinsamer Anschluss').check();
  await page.getByLabel('Name', { exact: true }).fill('Leitstelle');
  await page.getByLabel('E-Mail-Adresse').fill('leitstelle@cert.example');
  await press(page, 'Speichern');
  await says(page, 'leitstelle@cert.example');
  await page.context().close();
  await sleepHalfAYear();
  let link;
  for (let tries = 0; !link; tries += 1) {
    assert.ok(tries < 300, `nobody was asked: ${taken.join('\n\n')}`);
    await sleep(200);
    [link] = taken.flatMap((mail) => mail.match(/\/kontakt\/[\w-]+/) ?? []);
  }
  const stranger = await visitor({ baseURL: base });
  await stranger.goto(link);
  await says(stranger, 'Leitstelle');
  await look(stranger, 'kontakt');
  await press(stranger, 'Ja, stimmt noch');
  await stranger.waitForURL(/\/kontakt\/bestaetigt$/);
  await look(stranger, 'kontakt-bestaetigt');
  await stranger.goto(link);
  await look(stranger, 'kontakt-abgelaufen');
  await stranger.context().close();
});
