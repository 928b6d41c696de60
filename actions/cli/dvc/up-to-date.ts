// What is said when nothing is to be done, whether it was found out or remembered.
import { styleText } from 'node:util';
import { visible } from '../say.ts';
import { detectTerminal } from '../terminal.ts';

export const UP_TO_DATE = 'Data and pipelines are up to date.\n';

/** The line for a stage that need not run. */
export function skippedLine(stage: string): string {
  const { color } = detectTerminal(process.stdout, process.env);
  const text = `Stage '${visible(stage)}' did not change, skipping`;
  return `${color ? styleText('dim', text, { validateStream: false }) : text}\n`;
}
