// Questions to a person, one after the other, answered line by line. Input that ends, is closed or was never there gives
// no answer, rather than a promise that nothing ever settles.
import { createInterface, type Interface } from 'node:readline';

export interface Questions {
  /** @returns undefined when there is nobody to answer any more. */
  ask(question: string): Promise<string | undefined>;
  close(): void;
}

interface QuestionOptions {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  /** Ends all questions. */
  readonly signal: AbortSignal;
}

/** Reads nothing before the first question. */
export function openQuestions({ input, output, signal }: QuestionOptions): Questions {
  const lines: string[] = [];
  let reader: Interface | undefined;
  let isOver = false;
  let settle = (): void => {};
  let last: Promise<unknown> = Promise.resolve();
  const open = (): void => {
    if (reader) return;
    reader = createInterface({ input, output });
    reader.on('line', line => {
      lines.push(line);
      settle();
    });
    reader.on('close', () => {
      isOver = true;
      settle();
    });
    input.on('error', () => reader?.close());
    signal.addEventListener('abort', () => reader?.close(), { once: true });
  };
  const ask = async (question: string): Promise<string | undefined> => {
    open();
    reader?.setPrompt(question);
    if (!isOver) reader?.prompt();
    while (lines.length === 0 && !isOver && !signal.aborted) {
      await new Promise<void>(resolve => {
        settle = resolve;
      });
    }
    const answer = signal.aborted ? undefined : lines.shift();
    if (answer === undefined) output.write('\n');
    return answer;
  };
  return {
    // Stages that run at the same time ask in turn.
    ask(question) {
      const answer = last.then(() => ask(question));
      last = answer;
      return answer;
    },
    close: () => reader?.close(),
  };
}

/** `y` or `yes`. */
export function isYes(answer: string): boolean {
  return /^y(?:es)?$/iu.test(answer.trim());
}
