// How does a test look at the page? With a browser that remembers everything that should not have happened.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

export const VIEWS = ['', 'channels', 'rebalances', 'decisions', 'what-if'];

/** Milliseconds until what is expected must be on the screen: far beyond what it takes, so that a busy machine passes. */
const PATIENCE_MS = 30_000;

export interface Visit {
  readonly page: Page;
  /** Goes to a view and waits until its figures are there. */
  readonly open: (view: string) => Promise<void>;
  /** Errors of the page and its console, and addresses that are not the plugin's. */
  readonly faults: string[];
  readonly leave: () => Promise<void>;
}

/** @param rune in the address, as the demonstration gives it; null: without */
export async function visit(
  browser: Browser,
  address: string,
  rune: string | null,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${address}/`) && !url.startsWith('data:') && !url.startsWith('blob:'))
      faults.push(`request: ${url}`);
  });
  await page.goto(rune === null ? `${address}/` : `${address}/#rune=${encodeURIComponent(rune)}`);
  return {
    page,
    faults,
    open: async (view) => {
      await page.goto(`${address}/#/${view}`);
      await shown(page);
    },
    leave: () => context.close(),
  };
}

/** Until nothing is on its way any more. */
async function shown(page: Page): Promise<void> {
  await page.locator('main h1').first().waitFor();
  await page.locator('.ghost').first().waitFor({ state: 'detached' });
}

export const figure = (page: Page, name: string): Locator => page.locator(`[data-figure="${name}"]`).first();

/** 1,234.5, +12 %, −3 sats -> the number */
export function numberIn(text: string): number {
  const found = /[+\u2212-]?[\d,]+(?:\.\d+)?/.exec(text)?.[0];
  if (found === undefined) throw new Error(`no number in ${JSON.stringify(text)}`);
  return Number(found.replaceAll(',', '').replace('\u2212', '-'));
}

/** What is on the screen is the figure, rounded as far as the text shows. */
export async function expectFigure(shown: Locator, figure: number | null, what: string): Promise<void> {
  const text = (await shown.textContent()) ?? '';
  if (figure === null) {
    expect(`${what}: ${text.trim()}`).toBe(`${what}: –`);
    return;
  }
  const decimals = /\.(\d+)/.exec(text)?.[1]?.length ?? 0;
  expect(`${what}: ${numberIn(text).toFixed(decimals)}`).toBe(
    `${what}: ${(figure || 0).toFixed(decimals)}`.replace(/-(0(\.0+)?)$/, '$1'),
  );
}

/** What is cut off on the page: in a place that scrolls to the side or ends in dots. Nothing is, where all is in sight. */
export const cutOff = (page: Page): Promise<string[]> =>
  page.evaluate<string[]>(`[document.documentElement, ...document.querySelectorAll('main *')]
    .filter((each) => {
      const { display, overflowX } = getComputedStyle(each);
      const mayCut = display !== 'inline' && (overflowX !== 'visible' || each === document.documentElement);
      return mayCut && !each.matches('.only-read') && each.scrollWidth > each.clientWidth;
    })
    .map((each) => each.className + ' ' + each.scrollWidth + ' > ' + each.clientWidth + ': ' + each.textContent.slice(0, 60))`);

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/**
 * Faults that keep somebody out, in words.
 * @param rules of axe-core; null: all, for WCAG 2.2 A and AA and for good practice
 */
export async function accessibilityFaults(page: Page, rules: readonly string[] | null = null): Promise<string[]> {
  await page.evaluate(AXE);
  const only = rules === null ? '' : `, { runOnly: ${JSON.stringify(rules)} }`;
  const { violations } = await page.evaluate<{ violations: Violation[] }>(`axe.run(document${only})`);
  return violations
    .filter(({ impact }) => ['serious', 'critical', 'moderate'].includes(impact))
    .flatMap(({ id, nodes }) =>
      nodes
        .slice(0, 3)
        .map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} (${failureSummary.replaceAll('\n', ' ')})`),
    );
}
