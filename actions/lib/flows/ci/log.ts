// How a job's log tells what happens: one line an event, what a stage prints marked as the stage's own.
import type { ProposeEvent, Tell } from '#lib/flows/progress.ts';

/** A teller that prints lines. */
export function tellLines(say: (line: string) => void): Tell {
  return event => {
    const line = describe(event);
    if (line !== undefined) say(line);
  };
}

function describe(event: ProposeEvent): string | undefined {
  switch (event.kind) {
    case 'model-started':
      return event.count > 1 ? `${event.model} (${event.index + 1} of ${event.count})` : event.model;
    case 'phase':
      return `- ${event.text}`;
    case 'done':
      return `  ${event.text}`;
    case 'stage-started':
      return `  ${event.stage}: ${event.reasons.join(', ')}`;
    case 'stage-line':
      return `  ${event.stage} | ${event.line}`;
    case 'stage-ended':
      return `  ${event.stage}: ${event.status}${event.seconds === null ? '' : ` in ${event.seconds.toFixed(1)} s`}`;
    case 'model-finished':
      return undefined;
  }
}
