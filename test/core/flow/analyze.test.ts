import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyzeFlow, countStates, windowEnding, type ChannelFlow } from '../../../src/core/flow/analyze.ts';
import { NO_FLOW } from '../../../src/core/flow/rollup.ts';
import { msat, unixSec, type ChannelId } from '../../../src/core/units.ts';
import { channelView, snapshot } from '../../channel-views.ts';

const NOW = unixSec(1_795_227_000);
const moved = (into: number, out: number): ChannelFlow => ({
  in: { ...NO_FLOW, settledCount: 1, settledMsat: msat(into) },
  out: { ...NO_FLOW, settledCount: 1, settledMsat: msat(out) },
  source: 'forwards',
});

describe('window', () => {
  it('begins at a full hour, at least its days before now and less than an hour more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 90 * 86_400, max: 2 ** 32 }), (days, now) => {
        const window = windowEnding(unixSec(now), days);
        expect(window.start % 3600).toBe(0);
        expect(window.end).toBe(now);
        expect(now - window.start).toBeGreaterThanOrEqual(days * 86_400);
        expect(now - window.start).toBeLessThan(days * 86_400 + 3600);
      }),
    );
  });

  it('does not begin before time does', () => {
    expect(windowEnding(unixSec(5000), 90).start).toBe(0);
  });
});

describe('analysis', () => {
  const [a, b, c] = [channelView('1x1x0'), channelView('2x1x0'), channelView('3x1x0')];
  const flows = new Map<ChannelId, ChannelFlow>([
    [a.channelId, moved(0, 700_000_000)],
    [c.channelId, moved(600_000_000, 50_000_000)],
  ]);
  const analyses = analyzeFlow(snapshot([a, b, c]), flows, windowEnding(NOW, 7));

  it('has one entry per channel, in order, those without history included', () => {
    expect(analyses.map(({ channel, state }) => [channel.scid, state])).toEqual([
      ['1x1x0', 'source'],
      ['2x1x0', 'balanced'],
      ['3x1x0', 'sink'],
    ]);
    expect(countStates(analyses)).toEqual({ total: 3, source: 1, sink: 1, balanced: 1 });
  });

  it('sums over the window, and does not average: the same flow is the same ratio in any window', () => {
    for (const days of [1, 7, 30, 90]) {
      const [first] = analyzeFlow(snapshot([a]), flows, windowEnding(NOW, days));
      expect(first?.flowRatio).toBe(0.7);
      expect(first?.state).toBe('source');
      expect(first?.dailyVolumeMsat).toBe(700_000_000 / days);
    }
  });

  it('leaves out history of channels that are no longer usable', () => {
    expect(analyzeFlow(snapshot([b]), flows, windowEnding(NOW, 7))).toHaveLength(1);
  });

  it('tells our share of the capacity', () => {
    expect(analyses.map(({ localRatio }) => localRatio)).toEqual([0.5, 0.5, 0.5]);
  });
});
