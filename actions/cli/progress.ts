// Progress of propose: a line that rewrites itself where somebody looks, plain lines elsewhere.
import { stripVTControlCharacters, styleText } from 'node:util';
import type { ProposeEvent, Tell } from '#lib/flows/progress.ts';
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
  const tell = (event: ProposeEvent): void => {
    switch (event.kind) {
      case 'model-started':
        return line(
          paint('bold', `${event.model}${event.count > 1 ? ` (${event.index + 1} of ${event.count})` : ''}`),
        );
      case 'phase':
        return passing(`${event.text} ...`);
      case 'done':
        return line(`  ${paint('green', mark)} ${visible(event.text)}`);
      case 'stage-started':
        return terminal.isInteractive
          ? passing(`stage ${event.stage} ...`)
          : line(`  stage ${event.stage}: ${visible(event.reasons.join('; '))}`);
      case 'stage-line':
        return passing(`stage ${event.stage}: ${event.line}`);
      case 'stage-ended':
        return line(`  ${paint('green', mark)} stage ${event.stage.name}: ${describeStage(event)}`);
      case 'model-finished':
        return clear();
    }
  };
  return { tell, end: clear };
}

function describeStage({ stage }: Extract<ProposeEvent, { kind: 'stage-ended' }>): string {
  if (stage.status === 'unchanged') return 'unchanged, skipped';
  if (stage.status === 'restored') return 'restored from the cache';
  return `ran in ${(stage.seconds ?? 0).toFixed(1)} s`;
}

/** Output of stages is text, not commands to the terminal. */
function visible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is replaced
  return stripVTControlCharacters(text).replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}
