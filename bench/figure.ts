// How is a measured figure told? One line of JSON each, with what is needed to compare it with another machine's.
import { cpus, totalmem } from 'node:os';

const MACHINE = {
  node: process.version,
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memory_gb: Math.round(totalmem() / 2 ** 30),
};

/** @param sizes what was measured on, such as the number of forwards */
export function figure(
  name: string,
  value: number,
  unit: string,
  aim: string,
  sizes: Readonly<Record<string, number>>,
): void {
  console.log(JSON.stringify({ figure: name, value: Number(value.toPrecision(4)), unit, aim, ...sizes, ...MACHINE }));
}

/** Wall seconds that the work takes. */
export async function seconds(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** Peak resident memory of this process so far, in MB. */
export const peakMemoryMb = (): number => process.resourceUsage().maxRSS / 1024;
