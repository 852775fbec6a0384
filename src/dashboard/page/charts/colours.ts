// Which colours does a canvas use? Those of the styles, asked of the browser, as canvases know no variables.
import { dark } from '../theme.ts';

const NAMES = [
  'ink',
  'ink-2',
  'ink-3',
  'line',
  'line-strong',
  'sheet',
  'accent-fill',
  'gain-fill',
  'loss-fill',
  'caution-fill',
  'remote',
] as const;
export type Colour = (typeof NAMES)[number];
export type Palette = Readonly<Record<Colour, string>>;

const palettes = new Map<boolean, Palette>();

/** Of the present theme; reading it makes a component follow the theme. */
export function palette(): Palette {
  const isDark = dark.value;
  let found = palettes.get(isDark);
  if (found === undefined) {
    const probe = document.createElement('span');
    document.body.append(probe);
    found = Object.fromEntries(
      NAMES.map((name) => {
        probe.style.color = `var(--${name})`;
        return [name, getComputedStyle(probe).color];
      }),
    ) as Palette;
    probe.remove();
    palettes.set(isDark, found);
  }
  return found;
}
