// The analyst's other pages: filters and columns, many cases at once, what belongs together, what a text gives away, the inbox.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { answerAll, follow, look, press, refused, says, send, signIn, stage, story, untilItSays } from './people.mjs';
import { PROGRAM } from './support.mjs';

const step = story();
const cases = [];
let analyst;

/** Hands a mail to the program as a mail server's pipe does, beside the running demonstration; what it answered. */
async function deliver(mail) {
  const { demo } = await stage();
  // Outside the demonstration nothing takes a key that lies beside its data.
  const apart = await mkdtemp(join(tmpdir(), 'meldekette-key-'));
  const key = join(apart, 'sealing.key');
  await copyFile(join(demo.data, 'demonstration-sealing.key'), key);
  const settings = {
    DATABASE_URL: `sqlite:${join(demo.data, 'meldekette.db')}`,
    KEYS_DIRECTORY: join(demo.data, 'keys'),
    KEYS_SEALING: 'file',
    KEYS_SEALING_FILE: key,
    EVIDENCE_FOLDER: join(demo.data, 'evidence'),
    MAIL_FROM: 'cert@thueringencert.example',
    SERVER_PUBLIC_URL: demo.url,
  };
  const env = Object.fromEntries(Object.entries(settings).map(([name, value]) => [`MELDEKETTE_${name}`, value]));
  // Whatever the run itself is told by such variables is no setting of the product.
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('MELDEKETTE_')));
  const child = spawn(PROGRAM, ['mail-in'], { env: { ...own, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (chunk) => (said += chunk));
  child.stdout.setEncoding('utf8').on('data', (chunk) => (said += chunk));
  child.stdin.end(mail);
  const code = await new Promise((resolve) => child.once('close', resolve));
  await rm(apart, { recursive: true, force: true });
  return { code, said };
}

step('an analyst keeps a filter of the queue, and changes it', async () => {
  analyst = await signIn('analyst');
  await analyst.goto('/eingang/filter');
  await look(analyst, 'eingang-filter');
  await press(analyst, 'Speichern');
  await refused(analyst, 'name');
  await analyst.getByLabel('Name', { exact: true }).fill('Phishing, offen');
  await press(analyst, 'Speichern');
  await analyst.goto('/eingang/filter');
  await follow(analyst, /^Ändern/);
  await analyst.waitForURL(/\/eingang\/filter\/[0-9a-f-]{36}$/);
  await look(analyst, 'eingang-filter-aendern');
  await analyst.getByLabel('Name', { exact: true }).fill('Phishing, anders');
  await press(analyst, 'Speichern');
  await says(analyst, 'Phishing, anders');
  await analyst.goto('/eingang');
  assert.equal(await analyst.getByRole('link', { name: /^Phishing, offen/ }).count(), 0);
  await follow(analyst, /^Phishing, anders/);
  await analyst.goto('/eingang/spalten');
  await look(analyst, 'eingang-spalten');
  await analyst.goto('/eingang/abwesenheit');
  await look(analyst, 'eingang-abwesenheit');
});

step('several cases get one note, and what became of each stands there', async () => {
  const town = await signIn('reporter');
  for (const title of ['Mail vom falschen Amt', 'Noch eine Mail vom falschen Amt']) {
    await answerAll(town, {
      observed: 'Etwas anderes',
      title,
      description: 'Der Link war hxxps://amt-thueringen[.]example/anmelden, der Server 198.51.100[.]23.',
    });
    cases.push(await send(town));
  }
  await town.context().close();
  await analyst.goto('/eingang');
  for (const reference of cases) await analyst.getByLabel(`Markieren: ${reference}`).check();
  await press(analyst, 'Gemeinsam ändern …');
  await look(analyst, 'eingang-auswahl');
  await analyst.locator('#text').fill('Gehört wohl zusammen.');
  await press(analyst, 'Intern notieren');
  await analyst.waitForURL(/\/eingang\/auswahl\/[0-9a-f-]{36}/);
  for (const reference of cases) await says(analyst, reference);
  await look(analyst, 'eingang-auswahl-ergebnis');
});

step('what stands in a text is found, shown so that nobody clicks on it, and compared', async () => {
  await analyst.goto(`/vorgaenge/${cases[0]}/beobachtungen`);
  await untilItSays(analyst, '198[.]51[.]100[.]23');
  await look(analyst, 'beobachtungen');
  await follow(analyst, '198[.]51[.]100[.]23');
  await says(analyst, cases[1]);
  await look(analyst, 'beobachtung');
});

step('two cases become one, and are linked and taken apart on pages of their own', async () => {
  const [first, second] = cases;
  await analyst.goto(`/vorgaenge/${first}/verknuepfungen`);
  await look(analyst, 'verknuepfungen');
  await analyst.goto(`/vorgaenge/${first}/abtrennen`);
  await look(analyst, 'abtrennen');
  await analyst.goto(`/vorgaenge/zusammenfuehren?ref=${first}&ref=${second}`);
  await look(analyst, 'zusammenfuehren');
  await analyst.getByRole('button', { name: /zusammenführen$/ }).first().click();
  await analyst.waitForURL(/\/teile$/);
  await says(analyst, second);
  await look(analyst, 'teile');
});

step('keys and commands stand on pages, too', async () => {
  await analyst.goto('/tasten');
  await look(analyst, 'tasten');
  await analyst.goto('/befehle');
  await look(analyst, 'befehle');
});

step('a mail from somebody unknown waits in the inbox until an analyst makes a report of it', async () => {
  const mail = 'Return-Path: <hausmeister@klein.example>\nDelivered-To: cert@thueringencert.example\n'
    + 'From: Hausmeister <hausmeister@klein.example>\nTo: cert@thueringencert.example\n'
    + 'Subject: Seltsame Mail im Rathaus\nMessage-ID: <1@klein.example>\n\nBei uns kam eine seltsame Mail an.\n';
  const { code, said } = await deliver(mail);
  assert.equal(code, 0, said);
  await analyst.goto('/posteingang');
  await untilItSays(analyst, 'Seltsame Mail im Rathaus');
  await look(analyst, 'posteingang');
  await follow(analyst, 'Seltsame Mail im Rathaus');
  await says(analyst, 'Bei uns kam eine seltsame Mail an.');
  await look(analyst, 'posteingang-mail');
  await press(analyst, 'Meldung anlegen');
  await analyst.waitForURL(/\/vorgaenge\/TH-/);
  await says(analyst, 'Seltsame Mail im Rathaus');
  assert.deepEqual(analyst.faults.filter((fault) => !fault.includes('status of 422')), []);
  await analyst.context().close();
});
