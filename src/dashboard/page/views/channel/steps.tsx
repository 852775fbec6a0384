// Which steps did the arithmetic take?
import type { JSX } from 'preact';

interface Step {
  readonly step: string;
  readonly about: string;
  readonly text: string;
}

export const Steps = ({ steps }: { readonly steps: readonly Step[] }): JSX.Element | null =>
  steps.length === 0 ? null : (
    <details>
      <summary>The arithmetic, {steps.length === 1 ? 'one step' : `${steps.length} steps`}</summary>
      <ol class="steps">
        {steps.map(({ step, about, text }, i) => (
          <li key={`${i} ${step}`} title={about}>
            <code>{step}</code>
            <span>{text}</span>
          </li>
        ))}
      </ol>
    </details>
  );
