// Lines for people: one mark, one sentence, indented details. Colours only where the terminal wants them.
import { stripVTControlCharacters, styleText } from 'node:util';
import type { Block } from '#lib/reports/blocks.ts';
import { visibleLine } from '#lib/reports/visible.ts';
import { detectTerminal } from './terminal.ts';

export type Mark = 'done' | 'stopped' | 'note';

const MARKS = {
  done: { text: 'ok', color: 'green' },
  stopped: { text: '--', color: 'red' },
  note: { text: '->', color: 'cyan' },
} as const;

/** Prints one sentence; further lines of it are indented. */
export function say(mark: Mark, text: string, stream: NodeJS.WriteStream = process.stdout): void {
  const { color } = detectTerminal(stream, process.env);
  const { text: sign, color: hue } = MARKS[mark];
  const shown = color ? styleText(hue, sign, { validateStream: false }) : sign;
  const lines = text.split('\n').map(visible);
  stream.write(withoutCommands(`${shown} ${lines.join('\n   ')}\n`));
}

/** GitHub's runner takes a line that begins with two colons, blanks aside, for a command. */
function withoutCommands(text: string): string {
  return text.replace(/^([^\S\n]*)::/gmu, '$1: :');
}

/** One line of somebody else's text, which may hold anything: words, not commands to the terminal. */
export function visible(text: string): string {
  return visibleLine(stripVTControlCharacters(text));
}

/** Prints a value as JSON, for programs. */
export function sayJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Shares of traffic in words, largest first: `1.0.0.0 90 %, 1.0.1.0 10 %`. */
export function describeTraffic(traffic: Readonly<Record<string, number>>): string {
  const shares = Object.entries(traffic).sort(([, a], [, b]) => b - a);
  return shares.map(([version, percent]) => `${version} ${percent} %`).join(', ') || 'nothing';
}

/** Prints blocks of a report as this terminal shows them. */
export async function sayBlocks(blocks: readonly Block[]): Promise<void> {
  const { renderTerminal } = await import('#lib/reports/terminal.ts');
  const { width, color, unicode } = detectTerminal(process.stdout, process.env);
  process.stdout.write(withoutCommands(renderTerminal(blocks, { width, color, unicode, details: 'open' })));
}
