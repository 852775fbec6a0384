// Takes the pictures of the documents: the dashboard of the demonstration, after some simulated weeks, in both themes.
//   node scripts/screenshots.mjs [DAYS]      35 simulated days, a minute and a half, then a picture of each page
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const ROOT = resolve(import.meta.dirname, '..');
const FOLDER = join(ROOT, 'docs', 'screenshots');
const DAYS = Number(process.argv[2] ?? 35);
/** A seed whose market has channels of every kind. */
const MARKET = ['--seed', '3', '--channels', '14', '--speed', '43200'];
const FIRST_DAY = Date.parse('2026-11-01T00:00:00Z');
const DAY_MS = 86_400_000;

const PAGES = [
  { name: 'overview', hash: '#/' },
  { name: 'channels', hash: '#/channels' },
  { name: 'channel', hash: null, height: 1360 },
  { name: 'rebalances', hash: '#/rebalances', height: 1100 },
  { name: 'decisions', hash: '#/decisions' },
];
const PHONE = { width: 390, height: 844 };
const DESK = { width: 1440, height: 900 };

function findChromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const folders = (process.env.PATH ?? '').split(':');
  const found = folders.flatMap((folder) =>
    ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)),
  );
  const path = found.find(existsSync);
  if (path === undefined) throw new Error('no Chromium found: install one, or name it in CHROMIUM');
  return path;
}

/** Resolves with the address, rune included, once so many days have passed. */
function ready(demo) {
  let address = null;
  return new Promise((done, fail) => {
    demo.once('exit', (code) => fail(new Error(`the demonstration has ended (${code})`)));
    createInterface({ input: demo.stdout }).on('line', (line) => {
      address ??= /Dashboard: (\S+)/.exec(line)?.[1] ?? null;
      const day = /^\d{4}-\d{2}-\d{2}/.exec(line)?.[0];
      if (address !== null && day !== undefined && Date.parse(day) - FIRST_DAY >= DAYS * DAY_MS) done(address);
    });
  });
}

async function take(browser, address) {
  const { origin, hash } = new URL(address);
  for (const colorScheme of ['light', 'dark'])
    for (const [device, viewport] of Object.entries({ '': DESK, '-phone': PHONE })) {
      const context = await browser.newContext({ viewport, colorScheme });
      const page = await context.newPage();
      await page.goto(`${origin}/${hash}`);
      // By return: one that we opened, as its accounts have every line.
      await page.goto(`${origin}/#/channels?sort=-carr`);
      const best = await page.locator('tr[data-row="0"] a').getAttribute('href');
      for (const { name, hash, height } of PAGES) {
        if (device !== '' && name !== 'overview' && name !== 'channels') continue;
        await page.setViewportSize({ ...viewport, height: device === '' && height ? height : viewport.height });
        await page.goto(`${origin}/${hash ?? best}`);
        await page.locator('.ghost').first().waitFor({ state: 'detached' });
        // Canvases are drawn with the next frame, and nothing tells when.
        await page.waitForTimeout(600);
        await page.screenshot({ path: join(FOLDER, `${name}${device}-${colorScheme}.png`) });
      }
      await context.close();
    }
}

mkdirSync(FOLDER, { recursive: true });
const demo = spawn(process.execPath, [join(ROOT, 'dist/demo.js'), ...MARKET], { stdio: ['ignore', 'pipe', 'inherit'] });
try {
  const address = await ready(demo);
  const browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] });
  await take(browser, address);
  await browser.close();
} finally {
  demo.removeAllListeners('exit');
  demo.kill('SIGTERM');
}
