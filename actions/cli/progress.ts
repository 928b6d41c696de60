// Progress of propose: a line that rewrites itself where somebody looks, plain lines elsewhere.
import { styleText } from 'node:util';
import type { ProposeEvent, Tell } from '#lib/flows/progress.ts';
import { visible } from './say.ts';
import type { Terminal } from './terminal.ts';

export interface Progress {
  readonly tell: Tell;
  /** Clears the rewritten line; may be called twice. */
  readonly end: () => void;
}

/** Shows events on a stream. */
export function showProgress(stream: NodeJS.WriteStream, terminal: Terminal): Progress {
  const paint = (style: 'bold' | 'dim' | 'green', text: string): string =>
    terminal.color ? styleText(style, text, { validateStream: false }) : text;
  let isDirty = false;
  const clear = (): void => {
    if (isDirty) stream.write('\r\u001b[2K');
    isDirty = false;
  };
  const line = (text: string): void => {
    clear();
    stream.write(`${text}\n`);
  };
  const passing = (text: string): void => {
    if (!terminal.isInteractive) return;
    clear();
    stream.write(paint('dim', `  ${visible(text)}`.slice(0, terminal.width - 1)));
    isDirty = true;
  };
  const mark = terminal.unicode ? '✓' : '+';
  const stageStarted = (stage: string, reasons: readonly string[]): void => {
    if (terminal.isInteractive) passing(`stage ${stage} ...`);
    else line(`  stage ${stage}: ${visible(reasons.join('; '))}`);
  };
  const done = (text: string): void => line(`  ${paint('green', mark)} ${visible(text)}`);
  const tell = (event: ProposeEvent): void => {
    if (event.kind === 'model-started') line(paint('bold', visible(titleOf(event))));
    else if (event.kind === 'phase') passing(`${event.text} ...`);
    else if (event.kind === 'done') done(event.text);
    else if (event.kind === 'stage-started') stageStarted(event.stage, event.reasons);
    else if (event.kind === 'stage-line') passing(`stage ${event.stage}: ${event.line}`);
    else if (event.kind === 'stage-ended') done(`stage ${event.stage}: ${describeStage(event)}`);
    else clear();
  };
  return { tell, end: clear };
}

function titleOf({ model, index, count }: Extract<ProposeEvent, { kind: 'model-started' }>): string {
  return count > 1 ? `${model} (${index + 1} of ${count})` : model;
}

function describeStage({ status, seconds }: Extract<ProposeEvent, { kind: 'stage-ended' }>): string {
  if (status === 'unchanged') return 'unchanged, skipped';
  if (status === 'restored') return 'restored from the cache';
  return `ran in ${(seconds ?? 0).toFixed(1)} s`;
}
