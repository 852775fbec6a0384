// Which browser is there to test with? A real one of this machine; none is downloaded.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** By the environment's CHROMIUM, else on PATH; null where there is none. */
export function findChromium(): string | null {
  const named = process.env['CHROMIUM'];
  if (named !== undefined && named !== '') return named;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(isExecutable) ?? null;
}

export const CHROMIUM = findChromium();
if (CHROMIUM === null)
  console.warn('no Chromium found: the tests of the page are skipped; install one, or name it in CHROMIUM');

export const launch = (): Promise<Browser> =>
  chromium.launch({
    ...(CHROMIUM === null ? {} : { executablePath: CHROMIUM }),
    // Without, Chromium does not start as root, as which CI runs. It opens only what we serve.
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
