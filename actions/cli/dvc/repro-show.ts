// What a run tells while it works: a line for each stage, its commands, and their output as it comes, line by line.
import { styleText } from 'node:util';
import type { ReproEvent } from '#lib/flows/dvc/repro.ts';
import { visible } from '../say.ts';
import { detectTerminal } from '../terminal.ts';
import { skippedLine } from './up-to-date.ts';

export interface ShowOptions {
  readonly quiet: boolean;
  /** Lines of stages that run at the same time say whose they are. */
  readonly prefixed: boolean;
}

/** Shows events: facts and what commands say on standard output, what they complain of on standard error. */
export function createShow({ quiet, prefixed }: ShowOptions): (event: ReproEvent) => void {
  const { color } = detectTerminal(process.stdout, process.env);
  const dim = (text: string): string => (color ? styleText('dim', text, { validateStream: false }) : text);
  const fact = (text: string): void => {
    if (!quiet) process.stdout.write(`${text}\n`);
  };
  const line = (stage: string, text: string, stream: NodeJS.WriteStream): void => {
    if (!quiet) stream.write(prefixed ? `${dim(`${visible(stage)} |`)} ${text}\n` : `${text}\n`);
  };
  return event => {
    const stage = visible(event.stage);
    const why = 'reasons' in event ? event.reasons.map(visible).join(', ') : '';
    switch (event.kind) {
      case 'skipped':
        return quiet ? undefined : void process.stdout.write(skippedLine(event.stage));
      case 'contract-kept':
        return fact(`contract kept: ${visible(event.contract)} (${event.checks} checks)`);
      case 'pulled':
        return fact(`Stage '${stage}': missing content was pulled`);
      case 'recorded':
        return fact(`'${stage}' runs nothing: its data is recorded as it is now${why && ` (${why})`}`);
      case 'restored':
        return fact(`Stage '${stage}' ran on these inputs before: its outputs are back (${why})`);
      case 'started':
        return fact(`Running stage '${stage}' (${why})`);
      case 'command':
        return line(event.stage, dim(`> ${visible(event.command)}`), process.stdout);
      case 'line':
        return line(event.stage, event.line, event.stream === 'stdout' ? process.stdout : process.stderr);
      case 'retrying':
        return fact(
          `${visible(event.message)}: again in ${event.seconds} s (${event.attempt} of ${event.of})`,
        );
      case 'failed':
        return fact(`Stage '${stage}' failed after ${event.seconds.toFixed(1)} s`);
      default:
        if (prefixed) fact(`Stage '${stage}' is done (${event.seconds.toFixed(1)} s)`);
    }
  };
}
