import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../src/app/commands/all.ts';
import { alertsOf, applications, loopOf } from '../setup.ts';

const { setup, started } = applications();

describe('revenue-pause and revenue-resume', () => {
  it('are kept over a restart', async () => {
    const first = await started();
    expect(await first.run('revenue-pause')).toEqual({ mode: 'paused', changed: true });
    expect(await first.run('revenue-pause')).toEqual({ mode: 'paused', changed: false });
    await first.end();
    const { run } = await started({ dryRun: true });
    const status = await run('revenue-status');
    expect(status['mode']).toBe('paused');
    expect(alertsOf(status)).toContain('paused: nothing is changed until revenue-resume');
    expect(await run('revenue-resume')).toEqual({ mode: 'dry-run', changed: true });
    expect((await run('revenue-status'))['mode']).toBe('dry-run');
  });

  it('leave reading alone', async () => {
    const { run, clock } = await started();
    await run('revenue-pause');
    await clock.advance(7200);
    expect(loopOf(await run('revenue-status'), 'flow')).toMatchObject({ last_outcome: 'ok', last_run: clock.now() });
  });

  it('work before the node has answered', async () => {
    const { run } = setup();
    expect(await run('revenue-pause')).toEqual({ mode: 'paused', changed: true });
  });
});

describe('every command', () => {
  it.each(COMMANDS.map((command) => [command.name, command] as const))(
    '%s refuses what it does not know, and names what it misses',
    (_, command) => {
      expect(() => {
        command.check({ nonsense: 1 });
      }).toThrow('nonsense: unknown parameter');
      const needed = /^[a-z]\w*/.exec(command.usage)?.[0];
      const empty = expect(() => {
        command.check([]);
      });
      if (needed === undefined) empty.not.toThrow();
      else empty.toThrow(`${needed}: expected`);
      expect(command.description.length).toBeGreaterThan(20);
    },
  );
});
