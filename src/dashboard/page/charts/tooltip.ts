// What are the figures under the pointer?
import type uPlot from 'uplot';
import type { Series } from './series.ts';

interface Shown {
  readonly times: readonly number[];
  readonly series: readonly Series[];
  readonly told: (time: number) => string;
  readonly remark: ((index: number) => string | null) | null;
}

/** Pixels between the pointer and its figures. */
const AWAY = 14;

export function tooltip(shown: () => Shown): uPlot.Plugin {
  const tip = document.createElement('div');
  tip.className = 'tip';
  const element = (tag: string, text: string): HTMLElement =>
    Object.assign(document.createElement(tag), { textContent: text });
  return {
    hooks: {
      init: ({ over }) => {
        over.append(tip);
        over.addEventListener('mouseleave', () => {
          tip.style.display = 'none';
        });
      },
      setCursor: ({ cursor, over }) => {
        const { idx, left = -1, top = 0 } = cursor;
        const { times, series, told, remark } = shown();
        const time = typeof idx === 'number' ? times[idx] : undefined;
        if (typeof idx !== 'number' || time === undefined || left < 0) {
          tip.style.display = 'none';
          return;
        }
        const lines = series.flatMap(({ label, values, text }) => {
          const value = values[idx];
          if (value === null || value === undefined) return [];
          const line = document.createElement('p');
          line.append(element('span', label), element('span', text(value)));
          return [line];
        });
        const more = remark?.(idx) ?? null;
        tip.replaceChildren(element('b', told(time)), ...lines, ...(more === null ? [] : [element('small', more)]));
        tip.style.display = 'block';
        const { offsetWidth, offsetHeight } = tip;
        const fits = left + AWAY + offsetWidth <= over.clientWidth;
        const x = fits ? left + AWAY : Math.max(0, left - AWAY - offsetWidth);
        const y = Math.max(0, Math.min(top, over.clientHeight - offsetHeight));
        tip.style.transform = `translate(${x}px, ${y}px)`;
      },
    },
  };
}
