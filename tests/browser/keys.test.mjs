// An analyst without a mouse: ten reports from new to triaged and the frequent actions of the day, each by keys alone.
// Counted are the key presses that reach the pages; a key held beside another (Strg, Umschalt) is none of its own.
import assert from 'node:assert/strict';

import { accountOf, answerAll, look, says, send, signIn, story, visitor } from './people.mjs';

const step = story();
const HOUSES = [
  ['Der Virenschutz hat etwas gefunden', 'Virenfund auf dem Rechner im Bauhof'],
  ['Eine verdächtige Mail oder ein verdächtiger Anruf', 'Mail mit falscher Rechnung'],
  ['Ein Konto oder Postfach wird von Fremden benutzt', 'Postfach verschickt Werbung'],
  ['Ein Gerät oder Datenträger ist weg', 'Diensthandy in der Bahn vergessen'],
  ['Unsere Webseite ist verändert oder nicht erreichbar', 'Fremdes Bild auf der Startseite'],
  ['Daten sind in falsche Hände geraten', 'Liste an den falschen Verteiler'],
  ['Ein Dienst oder ein Fachverfahren geht nicht mehr', 'Wohngeldverfahren antwortet nicht'],
  ['Eine Sicherheitslücke in einem System', 'Fernwartung offen im Internet'],
  ['Der Virenschutz hat etwas gefunden', 'Noch ein Virenfund im Bauhof'],
  ['Eine verdächtige Mail oder ein verdächtiger Anruf', 'Anruf eines falschen Technikers'],
];
const reports = [];
const counted = [];
let desk;
let presses = 0;

/** Presses keys one after the other: names as the keyboard has them. */
const keys = async (...names) => {
  for (const name of names) await desk.keyboard.press(name);
};
/** Writes as a person does, one key after the other. */
const write = (text) => desk.keyboard.type(text);
/** What one thing took, by the key presses that reached the page: at least one, and no more than this. */
const count = async (what, most, act) => {
  const before = presses;
  await act();
  await desk.waitForLoadState('load');
  const took = presses - before;
  assert.ok(took >= 1 && took <= most, `${what}: ${took} key presses, ${most} at most`);
  counted.push([what, took]);
  return took;
};
/** Presses a key that leads to another page, and waits until that is there and its keys work. */
const leads = async (...names) => {
  const left = desk.waitForEvent('framenavigated', (frame) => frame === desk.mainFrame());
  await keys(...names);
  await left;
  await desk.waitForLoadState('load');
};
const focused = () => desk.evaluate(() => document.activeElement.textContent.trim());
const stateOf = async (reference) => {
  const analyst = await accountOf('analyst');
  const answer = await desk.request.get(`/api/v1/incidents/${reference}`, { headers: { Authorization: `Bearer ${analyst.token}` } });
  assert.equal(answer.status(), 200, await answer.text());
  return answer.json();
};
const previewed = () => desk.evaluate(() => new URL(location.href).searchParams.get('vorschau'));

step('ten town halls report', async () => {
  const hall = await signIn('reporter');
  for (const [observed, title] of HOUSES) {
    await answerAll(hall, { observed, title, description: 'Wir haben nichts verändert und bitten um Rückruf.' });
    reports.push(await send(hall));
  }
  await hall.context().close();
});

step('an analyst signs in by keys alone', async () => {
  desk = await visitor({ viewport: { width: 1280, height: 900 } });
  await desk.context().exposeBinding('pressed', () => (presses += 1));
  await desk.context().addInitScript(() => {
    const beside = ['Control', 'Shift', 'Alt', 'Meta'];
    addEventListener('keydown', (event) => event.isTrusted && !event.repeat && !beside.includes(event.key) && globalThis.pressed(), true);
  });
  const { mail, password } = await accountOf('analyst');
  await desk.goto('/anmelden');
  const field = (name) => desk.evaluate((id) => document.activeElement.id === id, name);
  for (let tab = 0; tab < 40 && !(await field('mail')); tab += 1) await keys('Tab');
  await write(mail);
  await keys('Tab');
  await write(password);
  await leads('Enter');
  assert.ok(!desk.url().includes('/anmelden'), desk.url());
  await leads('g', 'e');
  assert.match(desk.url(), /\/eingang$/);
});

/** The page's own row or case, and whether the proposal is there to be read. */
const proposed = () => says(desk, 'Vorschlag annehmen');

step('ten reports go from new to triaged, with the next one under the cursor', async () => {
  await desk.goto('/eingang?s=neu');
  const newest = reports.toReversed();
  const perReport = [];
  // In the list: the preview shows report and proposal; accepted, and the next one's preview is there.
  perReport.push(await count('Einstufung wie vorgeschlagen, in der Liste, mit dem Weg dorthin', 3, async () => {
    await keys('j');
    await leads('v');
    await proposed();
    assert.equal(await previewed(), newest[0]);
    await leads('v');
  }));
  await look(desk, 'tasten-vorschau');
  for (const reference of newest.slice(1, 5)) {
    assert.deepEqual([await previewed(), await focused()], [reference, reference], 'the next one is under the cursor');
    await proposed();
    perReport.push(await count('Einstufung wie vorgeschlagen, in der Liste', 1, () => leads('v')));
  }
  // Another class than proposed: the form of the case, one choice, sent, on to the next case.
  assert.equal(await previewed(), newest[5]);
  perReport.push(await count('Einstufung mit anderer Klasse', 4, async () => {
    await leads('s');
    await desk.waitForFunction(() => document.activeElement.id === 'class');
    await keys('ArrowUp');
    await leads('Control+Enter');
    await leads('j');
  }));
  for (const reference of newest.slice(6, 8)) {
    assert.ok(desk.url().endsWith(reference), `${desk.url()} is ${reference}`);
    await proposed();
    perReport.push(await count('Einstufung wie vorgeschlagen, im Vorgang', 2, async () => {
      await leads('v');
      await leads('j');
    }));
  }
  await look(desk, 'tasten-vorgang');
  perReport.push(await count('Einstufung mit anderer Klasse und anderem TLP', 9, async () => {
    await keys('s', 'ArrowUp', 'Tab', 'Tab', 'Tab', 'Tab', 'ArrowDown');
    await leads('Control+Enter');
    await leads('j');
  }));
  perReport.push(await count('Einstufung wie vorgeschlagen, im Vorgang', 1, () => leads('v')));

  const labels = new Set();
  for (const reference of reports) {
    const one = await stateOf(reference);
    assert.equal(one.status, 'triaged', reference);
    assert.ok(one.class && one.category && one.priority && one.tlp, JSON.stringify(one));
    labels.add(one.tlp);
  }
  assert.equal(labels.size, 2, 'one of them got another label');
  const sorted = perReport.toSorted((one, other) => one - other);
  const median = (sorted[4] + sorted[5]) / 2;
  console.log(`key presses for each of ten reports: ${perReport.join(', ')}; median ${median}, most ${sorted.at(-1)}`);
  assert.ok(sorted[0] >= 1 && median <= 2 && sorted.at(-1) <= 9, 'few keys, and each was counted');
});

step('the frequent actions of a case take few keys', async () => {
  const one = reports[0];
  assert.ok(desk.url().endsWith(one));
  await count('mir zuweisen', 1, () => leads('u'));
  await says(desk, 'Die Zuweisung ist gespeichert.');
  await count('Bearbeitung beginnen', 1, () => leads('i'));
  await count('Frage aus Baustein an die Stelle', 4, async () => {
    await keys('b', 'ArrowDown');
    await leads('Control+Enter');
    assert.match(await desk.locator('#text').inputValue(), new RegExp(one));
    await leads('Control+Enter');
  });
  await says(desk, 'Gespeichert. Wer es lesen darf, sieht es jetzt im Vorgang.');
  const note = 'Wir rufen um 10 an.';
  await count(`interne Notiz (davon ${note.length} Zeichen Text)`, note.length + 2, async () => {
    await keys('n');
    await write(note);
    await leads('Control+Enter');
  });
  await says(desk, note);
  await count('warten lassen mit Wiedervorlage', 2, async () => {
    await keys('w');
    await leads('Enter');
  });
  const waiting = await stateOf(one);
  assert.ok(waiting.waiting_on && waiting.follow_up_at && waiting.status === 'in_progress', JSON.stringify(waiting));
  await count('eingedämmt', 1, () => leads('e'));
  await count('abschließen mit Grund', 3, async () => {
    await keys('a', 'ArrowDown');
    await leads('Control+Enter');
  });
  assert.equal((await stateOf(one)).status, 'closed');
});

step('the frequent actions of the list take few keys', async () => {
  const [second, third, fourth] = reports.slice(1, 4);
  await leads('g', 'e');
  await count('Befehle öffnen und zu einem Vorgang springen', 5, async () => {
    await keys('Control+k');
    await write(third.slice(-3));
    await desk.getByRole('dialog').getByRole('option', { name: third }).waitFor();
    await leads('Enter');
  });
  assert.ok(desk.url().endsWith(third), desk.url());

  await desk.goto('/eingang?s=neu');
  const to = async (reference) => {
    for (let row = 0; row < 50 && (await focused()) !== reference; row += 1) await keys('j');
    assert.equal(await focused(), reference);
  };
  await to(fourth);
  await count('Zeile übernehmen und das zurücknehmen', 3, async () => {
    await keys('Space');
    await leads('u');
    await leads('r');
  });
  assert.equal((await stateOf(fourth)).assignee ?? null, null);
  await leads('g', 'e');
  await desk.goto('/eingang?s=neu');
  await to(third);
  await count('zwei Vorgänge zusammenführen', 5, async () => {
    await keys('Space', 'j', 'Space');
    await leads('f');
    await leads('v');
  });
  await says(desk, 'Zusammengeführt.');
  const merged = [await stateOf(second), await stateOf(third)].filter((it) => it.status === 'closed' || it.part_of_larger);
  assert.ok(merged.length > 0, JSON.stringify([await stateOf(second), await stateOf(third)]));
  for (const [what, number] of counted) console.log(`${String(number).padStart(4)}  ${what}`);
  await desk.context().close();
});
