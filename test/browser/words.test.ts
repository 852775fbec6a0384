// How does the page write figures and times, and what does a form send?
import { describe, expect, it } from 'vitest';
import { beginning, complaintOf, FORMS, paramsOf } from '../../src/dashboard/page/actions/forms.ts';
import {
  ago,
  axisTexts,
  brief,
  capital,
  count,
  duration,
  exactly,
  percent,
  ratio,
  sats,
  short,
  signedSats,
  since,
  wholeSats,
} from '../../src/dashboard/page/format.ts';
import { feeSentence } from '../../src/dashboard/page/reasons.ts';

describe('a figure', () => {
  it.each([
    [sats(1_234_567.4), '1,234,567'],
    [sats(12.345), '12.345'],
    [sats(-0.0004), '0'],
    [sats(-3), '\u22123'],
    [sats(null), '–'],
    [sats(NaN), '–'],
    [wholeSats(45.223), '45'],
    [wholeSats(5.158), '5.2'],
    [signedSats(12), '+12'],
    [signedSats(0), '0'],
    [signedSats(-1200.7), '\u22121,201'],
    [short(950), '950'],
    [short(12_345), '12k'],
    [short(5_800_000), '5.8M'],
    [short(412_345_678), '412M'],
    [percent(4.2134), '4.21\u00a0%'],
    [percent(42.134), '42.1\u00a0%'],
    [percent(4642.19), '4,642\u00a0%'],
    [percent(-250_000), '\u2212>99,999\u00a0%'],
    [ratio(0.42), '+0.42'],
    [ratio(-0.001), '0.00'],
    [count(undefined), '–'],
  ])('is written %s', (text, expected) => {
    expect(text).toBe(expected);
  });

  it('beside an axis has the decimals that tell its neighbours apart', () => {
    expect(axisTexts([0, 250, 500, 750, 1000, 1250])).toEqual(['0', '250', '500', '750', '1,000', '1,250']);
    expect(axisTexts([4_140_000, 4_160_000])).toEqual(['4.14M', '4.16M']);
    expect(axisTexts([-20_000, 0, 20_000])).toEqual(['\u221220k', '0', '20k']);
    expect(axisTexts([0, 0.5, 1])).toEqual(['0', '0.5', '1.0']);
  });
});

describe('a time', () => {
  it('is told by the node’s clock', () => {
    expect(ago(1000, 1003)).toBe('now');
    expect(ago(1000, 1060)).toBe('60 s ago');
    expect(ago(4600, 1000)).toBe('in 60 min');
    expect(ago(null, 5)).toBe('never');
    expect(since(1100, 1000)).toBe('now');
    expect(duration(40 * 3600)).toBe('2 d');
    expect(exactly(1_794_000_000)).toBe('2026-11-06 21:20:00 UTC');
  });
});

describe('a name', () => {
  it('of a node is shortened, that of a command kept', () => {
    expect(brief('02'.padEnd(66, 'ab'))).toBe('02ab…abab');
    expect(capital('no path')).toBe('No path');
    expect(capital('revenue-set-fee, or')).toBe('revenue-set-fee, or');
  });

  it('of a reason becomes its sentence', () => {
    expect(feeSentence('deadband')).toMatch(/^The wanted fee is too near/);
    expect(feeSentence('dry-run: drain')).toMatch(/^Not sent \(dry-run\): a large share/);
    expect(feeSentence('revenue-set-fee')).toBe('Set by hand');
    expect(feeSentence('something-newer')).toBe('Something-newer');
  });
});

describe('a form', () => {
  const given = { channel_id: '1x1x1', fee_ppm: 120 };

  it('sends numbers as numbers, and nothing for what is empty', () => {
    const form = FORMS['set-fee'];
    const values = { ...beginning(form, given), fee_ppm: ' 250 ' };
    expect(paramsOf(form, values)).toEqual({ channel_id: '1x1x1', fee_ppm: 250 });
  });

  it('says what is missing or no number, before anything is asked', () => {
    const form = FORMS['set-fee'];
    expect(complaintOf(form, beginning(form, {}))).toContain('Channel');
    expect(complaintOf(form, { ...beginning(form, given), fee_ppm: 'ten' })).toContain('got ten');
    expect(complaintOf(form, { ...beginning(form, given), fee_ppm: '-1' })).toContain('from 0 on');
    expect(complaintOf(form, beginning(form, given))).toBeNull();
  });

  it('sends of a policy only what belongs to it', () => {
    const form = FORMS.policy;
    const values = { ...beginning(form, { subject: '1x1x1' }), fee_ppm: '5', min_ppm: '100' };
    expect(paramsOf(form, values)).toEqual({
      ...{ subject: '1x1x1', action: 'set', strategy: 'dynamic', min_ppm: 100, rebalance: 'both' },
    });
    expect(paramsOf(form, { ...values, strategy: 'static' })).toMatchObject({ strategy: 'static', fee_ppm: 5 });
    expect(paramsOf(form, { ...values, action: 'delete' })).toEqual({ subject: '1x1x1', action: 'delete' });
  });
});
