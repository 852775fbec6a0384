import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LEGACY_OPTIONS, OPTIONS, type Option } from '../../../src/core/config/options.ts';
import { changeConfig, DEFAULTS, optionKey, parseValue, validateConfig } from '../../../src/core/config/validate.ts';

const options: readonly Option[] = Object.values(OPTIONS);
const ints = options.filter((option) => option.type === 'int');

/** What lightningd v26.06 makes of a value from setconfig when it writes and reads its configuration again. */
const lightningdParses = (option: Option, text: string): unknown => {
  switch (option.type) {
    case 'int':
      return /^[+-]?\d+$/.test(text) && BigInt(text) < 2n ** 63n && BigInt(text) >= -(2n ** 63n) ? BigInt(text) : null;
    case 'bool':
      return text === 'true' ? true : text === 'false' ? false : null;
    case 'string':
      return text;
  }
};

/** Texts near to what is right, and far from it. */
const texts = fc.oneof(
  fc.string(),
  fc.integer().map(String),
  fc.bigInt().map(String),
  fc.double().map(String),
  fc.constantFrom(
    'true',
    'false',
    'TRUE',
    'True',
    ' true',
    '1',
    '0',
    '00',
    '-0',
    '+5',
    '5 ',
    '\n5',
    '5\n',
    '0x10',
    '1e3',
    '1_000',
    '٣',
    'NaN',
    'Infinity',
    '',
    ' ',
  ),
  fc.string({ unit: 'binary' }),
);

describe('a value from setconfig', () => {
  it('is not repeated whole in a refusal where it is long', () => {
    for (const option of options) {
      const parsed = parseValue(option, `${'x'.repeat(100_000)}\n`);
      if (!parsed.ok) expect(parsed.error.length).toBeLessThan(500);
    }
    const { webhook } = OPTIONS;
    expect(parseValue(webhook, 'x'.repeat(1000))).toEqual({
      ok: false,
      error: expect.stringMatching(/got "x{99}\.\.\.$/) as string,
    });
  });

  it('is only taken when lightningd reads the same from it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...options), texts, (option, text) => {
        const parsed = parseValue(option, text);
        if (!parsed.ok) return;
        const theirs = lightningdParses(option, text);
        expect(typeof parsed.value === 'number' ? BigInt(parsed.value) : parsed.value).toBe(theirs);
      }),
      { numRuns: 5000 },
    );
  });

  it.each(ints.map((option) => [option.name, option] as const))('%s is taken within its range alone', (_, option) => {
    for (const good of [option.min, option.max, option.default])
      expect(parseValue(option, String(good))).toEqual({ ok: true, value: good });
    for (const bad of [
      String(option.min - 1),
      String(option.max + 1),
      'abc',
      '',
      '5.5',
      ` ${option.min}`,
      `0${option.max}`,
      '1e3',
    ]) {
      const refused = parseValue(option, bad);
      expect(refused.ok, bad).toBe(false);
      if (!refused.ok) {
        expect(refused.error).toContain(option.name);
        expect(refused.error).toContain(`${option.min}..${option.max}`);
        expect(refused.error).toContain(JSON.stringify(bad));
      }
    }
  });

  it.each([42, true, null, undefined, ['5'], { a: 1 }])('is refused when it is no text: %j', (value) => {
    expect(options.every((option) => !parseValue(option, value).ok)).toBe(true);
  });
});

describe('a configuration', () => {
  it('of nothing is the defaults', () => {
    expect(validateConfig({})).toEqual({ ok: true, value: DEFAULTS });
    expect(DEFAULTS).toMatchObject({
      dbPath: 'revenue_ops.db',
      flowInterval: 3600,
      feeInterval: 1800,
      rebalanceInterval: 900,
      targetFlow: 100_000,
      minFeePpm: 10,
      maxFeePpm: 5000,
      rebalanceMinProfit: 2,
      flowWindowDays: 7,
      clbossEnabled: true,
      rebalancer: 'auto',
      dailyBudgetSats: 5000,
      minWalletReserve: 1_000_000,
      dryRun: false,
    });
  });

  it('holds what lightningd gave, absent and null meaning the default', () => {
    const config = validateConfig({
      'revenue-ops-flow-interval': 60,
      'revenue-ops-dry-run': true,
      'revenue-ops-rebalancer': null,
    });
    expect(config.ok && [config.value.flowInterval, config.value.dryRun, config.value.rebalancer]).toEqual([
      60,
      true,
      'auto',
    ]);
  });

  it('names every option that is wrong, what was expected and what was given', () => {
    const config = validateConfig({
      'revenue-ops-flow-interval': 0,
      'revenue-ops-flow-window-days': 91,
      'revenue-ops-dry-run': 'yes',
      'revenue-ops-rebalancer': 'magic',
      'revenue-ops-db-path': ' ',
    });
    expect(config.ok).toBe(false);
    expect(!config.ok && config.error).toEqual([
      'revenue-ops-db-path: expected a text that is not empty, got " "',
      'revenue-ops-flow-interval: expected an integer 1..604800 (seconds), got 0',
      'revenue-ops-flow-window-days: expected an integer 1..90 (days), got 91',
      'revenue-ops-rebalancer: expected one of auto, circular, sling, rebalance, native, got "magic"',
      'revenue-ops-dry-run: expected true or false, got "yes"',
    ]);
  });

  it('with a lowest fee above the highest is refused', () => {
    const config = validateConfig({ 'revenue-ops-min-fee-ppm': 600, 'revenue-ops-max-fee-ppm': 500 });
    expect(!config.ok && config.error).toEqual([
      'revenue-ops-min-fee-ppm: expected at most revenue-ops-max-fee-ppm (500), got 600',
    ]);
  });

  it('is never taken when a value is none of ours, whatever it is', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ints), fc.jsonValue(), (option, value) => {
        const config = validateConfig({ [option.name]: value });
        const right =
          value === null || (Number.isInteger(value) && Number(value) >= option.min && Number(value) <= option.max);
        // A right value may still contradict another one.
        if (!right) expect(config.ok).toBe(false);
      }),
    );
  });
});

describe('a change', () => {
  it('makes a new configuration and leaves the old one', () => {
    const changed = changeConfig(DEFAULTS, 'revenue-ops-flow-interval', '120');
    expect(changed.ok && changed.value).toEqual({ ...DEFAULTS, flowInterval: 120 });
    expect(DEFAULTS.flowInterval).toBe(3600);
    expect(changed.ok && Object.isFrozen(changed.value)).toBe(true);
  });

  it.each([
    ['revenue-ops-db-path', '/elsewhere', 'cannot change while the plugin runs'],
    ['revenue-ops-pid-kp', '0.5', 'not an option'],
    ['flow-interval', '60', 'not an option'],
    ['__proto__', '60', 'not an option'],
    ['revenue-ops-min-fee-ppm', '5001', 'expected at most revenue-ops-max-fee-ppm (5000), got 5001'],
    ['revenue-ops-max-fee-ppm', '9', 'revenue-ops-min-fee-ppm: expected at most'],
    ['revenue-ops-fee-window-min-hours', '241', 'expected at most revenue-ops-fee-window-max-hours (240), got 241'],
    ['revenue-ops-fee-window-max-hours', '5', 'revenue-ops-fee-window-min-hours: expected at most'],
    ['revenue-ops-fee-algorithm', 'pid', 'expected one of hill-climb, bayes, got "pid"'],
  ])('of %s to %s is refused', (name, text, reason) => {
    const changed = changeConfig(DEFAULTS, name, text);
    expect(!changed.ok && changed.error).toContain(reason);
  });

  it('never leads to a configuration that a restart would refuse', () => {
    const names = options.map(({ name }) => name);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...names), texts), { maxLength: 20 }), (changes) => {
        let config = DEFAULTS;
        for (const [name, text] of changes) {
          const changed = changeConfig(config, name, text);
          if (changed.ok) config = changed.value;
        }
        const raw = Object.fromEntries(
          Object.entries(OPTIONS).map(([key, { name }]) => [name, config[key as keyof typeof OPTIONS]]),
        );
        expect(validateConfig(raw)).toEqual({ ok: true, value: config });
      }),
    );
  });
});

describe('names', () => {
  it('begin alike, differ, and are found again', () => {
    const names = [...options, ...LEGACY_OPTIONS].map(({ name }) => name);
    expect(names.every((name) => /^revenue-ops-[a-z-]+$/.test(name))).toBe(true);
    expect(new Set(names).size).toBe(names.length);
    expect(options.every(({ name }) => optionKey(name) !== null)).toBe(true);
  });
});
