// revenue-pause and revenue-resume: may the plugin act?
import { command, type Command } from './command.ts';
import { modeOf } from './mode.ts';
import { readParams } from './params.ts';

const switching = (paused: boolean, name: string, description: string): Command =>
  command({
    name,
    usage: '',
    description,
    read: (params) => readParams({}, params),
    run: (_, { store, config, retime }) => {
      const changed = store.paused() !== paused;
      if (changed) store.setPaused(paused);
      retime();
      return { mode: modeOf(paused, config()), changed };
    },
    preview: (_, { store, config }) => ({ mode: modeOf(paused, config()), changed: store.paused() !== paused }),
  });

export const pauseCommand = switching(
  true,
  'revenue-pause',
  'Stop setting fees and rebalancing until revenue-resume, restarts included; reading goes on',
);
export const resumeCommand = switching(false, 'revenue-resume', 'Let the plugin act again after revenue-pause');
