// What browser tests share: a browser of their own, the real program on data of its own, and one check for every page.
import { spawn, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import os, { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import axeCore from 'axe-core';
import { chromium } from 'playwright-core';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TARGET = resolve(ROOT, process.env.CARGO_TARGET_DIR ?? 'target');
/** The program under test. */
export const PROGRAM = process.env.MELDEKETTE_BIN ?? join(TARGET, 'debug/meldekette');
const SHOTS = process.env.MELDEKETTE_SHOTS;
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const WIDTHS = [360, 1280];
const SCHEMES = ['light', 'dark'];
const NARROWEST = 320;

/** A headless Chromium with a fresh profile that talks to nobody but the tested server. Close it with `close()`. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.MELDEKETTE_CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-quic',
      '--no-first-run',
    ],
  });
}

/**
 * A page in a context of its own (no shared cookies), in German. What goes wrong on it (console errors, exceptions,
 * violations of the content security policy, failed requests, answers from 500 on) is kept for `checkPage`.
 * `options` are Playwright's for a context, `{ javaScriptEnabled: false }` among them.
 */
export async function openPage(browser, options = {}) {
  const context = await browser.newContext({ locale: 'de-DE', timezoneId: 'Europe/Berlin', ...options });
  const page = await context.newPage();
  page.faults = [];
  page.hasScripts = options.javaScriptEnabled !== false;
  // Chromium also writes a line when the page itself was answered with 4xx, as refused forms and pages not found are.
  const visited = new Set();
  const whole = (url) => url.split('#')[0];
  page.on('request', (request) => request.isNavigationRequest() && visited.add(whole(request.url())));
  const isOfPage = (message) => message.text().includes('status of 4') && visited.has(whole(message.location().url));
  page.on('console', (message) => {
    if (message.type() === 'error' && !isOfPage(message)) page.faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => page.faults.push(`exception: ${error.message}`));
  page.on('response', (answer) => {
    if (answer.status() >= 500) page.faults.push(`${answer.status()} for ${answer.url()}`);
    if (answer.request().isNavigationRequest() && answer.frame() === page.mainFrame()) page.answered = answer.status();
  });
  page.on('requestfailed', (request) => {
    // The browser itself gives up a request when the page is left: nobody's fault.
    const reason = request.failure()?.errorText;
    if (reason !== 'net::ERR_ABORTED') page.faults.push(`${reason} for ${request.url()}`);
  });
  return page;
}

/**
 * Fails unless the page has a title, German as its language, no axe violation, no sideways scrolling and nothing gone
 * wrong since the last check, at 360 and 1280 pixels, light and dark. Takes a screenshot of each as NAME-360-dark.png.
 */
export async function checkPage(page, name, { shots = SHOTS } = {}) {
  // A click's page may be on its way still.
  await page.waitForLoadState('load');
  const faults = page.faults.splice(0);
  if (!(await page.title()).trim()) faults.push('the window has no title');
  const language = await page.getAttribute('html', 'lang');
  if (language !== 'de') faults.push(`the language is ${language}, not de`);

  const before = page.viewportSize();
  await page.evaluate(axeCore.source);
  for (const colorScheme of SCHEMES) {
    for (const width of WIDTHS) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await page.evaluate(() => scrollTo(0, 0));
      const where = `${width} px, ${colorScheme}`;
      faults.push(...(await overflow(page)).map((what) => `${where}: wider than the window: ${what}`));
      faults.push(...(await axe(page)).map((what) => `${where}: ${what}`));
      if (shots) {
        await mkdir(shots, { recursive: true });
        await page.screenshot({ path: join(shots, `${name}-${width}-${colorScheme}.png`), fullPage: true });
      }
    }
  }
  await page.setViewportSize({ width: NARROWEST, height: 900 });
  faults.push(...(await overflow(page)).map((what) => `${NARROWEST} px: wider than the window: ${what}`));
  if (before) await page.setViewportSize(before);
  await page.emulateMedia({ colorScheme: null });

  faults.push(...page.faults.splice(0));
  if (faults.length > 0) throw new Error(`${name} (${page.url()}):\n  ${faults.join('\n  ')}`);
}

/** What sticks out to the right of the window, if the page scrolls sideways. */
function overflow(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const scrollsInside = (element) => {
      for (let up = element.parentElement; up; up = up.parentElement) {
        if (up !== document.body && up !== document.documentElement && getComputedStyle(up).overflowX !== 'visible') return true;
      }
      return false;
    };
    const wide = [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > width + 0.5 && !scrollsInside(element))
      .map((element) => element.outerHTML.slice(0, 100));
    return wide.length > 0 ? wide.slice(0, 3) : ['something invisible'];
  });
}

// Put into the page once and run there: no page here has frames, which is what a builder would be for.
async function axe(page) {
  const violations = await page.evaluate(
    (tags) => globalThis.axe.run(document, { runOnly: tags, resultTypes: ['violations'] }).then((found) => found.violations),
    RULES,
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `axe ${id}: ${help}: ${node.html.slice(0, 160)}${why(node)}`));
}

function why(node) {
  const message = [...node.any, ...node.all, ...node.none][0]?.message;
  return message ? ` (${message})` : '';
}

/**
 * Starts `meldekette demo` on data of its own and a free port, and waits until its chain has run and it serves.
 * Returns `url`, `access` (what DIR/access.json says: address, accounts, passwords, tokens), `data` and `stop()`,
 * which ends the program and removes the data. `env` is added to the program's environment.
 */
export async function startDemo({ arguments: more = [], env = {}, patience = 300_000 } = {}) {
  const data = await mkdtemp(join(tmpdir(), 'meldekette-browser-'));
  const child = spawn(PROGRAM, ['demo', '--data', data, '--port', '0', ...more], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const listen = (chunk) => (said = (said + chunk).slice(-20_000));
  child.stdout.setEncoding('utf8').on('data', listen);
  child.stderr.setEncoding('utf8').on('data', listen);
  const ended = new Promise((resolve) => child.once('close', resolve).once('error', (error) => resolve(listen(error.message))));
  const kill = () => child.kill('SIGKILL');
  // A test that ends the whole run leaves nothing behind either.
  const clear = () => (kill(), rmSync(data, { recursive: true, force: true }));
  process.once('exit', clear);

  const stop = async () => {
    child.kill('SIGTERM');
    await Promise.race([ended, sleep(15_000, null, { ref: false }).then(kill)]);
    await ended;
    process.removeListener('exit', clear);
    await rm(data, { recursive: true, force: true });
  };

  for (const until = Date.now() + patience; Date.now() < until; await sleep(200)) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) break;
    const access = await readAccess(data);
    if (access && (await answers(access.address))) return { url: access.address, access, data, stop };
  }
  await stop();
  throw new Error(`the demonstration did not come up:\n${said}`);
}

/** The file that the demonstration writes when it can be used; `undefined` before it is whole. */
async function readAccess(data) {
  try {
    return JSON.parse(await readFile(join(data, 'access.json'), 'utf8'));
  } catch {
    return undefined;
  }
}

async function answers(url) {
  try {
    return (await fetch(new URL('/readyz', url))).ok;
  } catch {
    return false;
  }
}

/**
 * A wall clock that goes ahead of the machine's while a program runs: `env` is for the program, `forward(hours)` lets so
 * many hours pass at once, `close()` removes what it made.
 */
export async function makeClock() {
  const folder = await mkdtemp(join(tmpdir(), 'meldekette-clock-'));
  const [library, ahead] = [join(folder, 'clock.so'), join(folder, 'ahead')];
  const made = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, join(ROOT, 'tests/support/clock.c')], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`no clock: ${made.error?.message ?? made.stderr}`);
  let seconds = 0n;
  const put = async () => {
    const bytes = Buffer.alloc(8);
    os.endianness() === 'LE' ? bytes.writeBigInt64LE(seconds) : bytes.writeBigInt64BE(seconds);
    // In place: the program looks at this very file.
    const file = await open(ahead, 'r+');
    await file.write(bytes, 0, 8, 0).finally(() => file.close());
  };
  await writeFile(ahead, Buffer.alloc(8));
  return {
    env: { LD_PRELOAD: library, CLOCK_AHEAD: ahead },
    forward: (hours) => ((seconds += BigInt(Math.round(hours * 3600))), put()),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
