// Where `mainline dvc status` and `repro` start: most of the time nothing changed since the last time. Compiled into a
// file of its own, since all that follows when something did change takes longer to load than this takes to find out.
import { recallAnswer } from '#lib/flows/dvc/answer.ts';
import { folderHere } from './folder-here.ts';
import { findQuestion } from './question.ts';
import { skippedLine, UP_TO_DATE } from './up-to-date.ts';

/** False when it has to be looked up. @param words after `dvc` */
export function answerQuickly(words: readonly string[]): boolean {
  const question = findQuestion(words);
  const directory = folderHere();
  if (question === undefined || directory === undefined) return false;
  const answer = recallAnswer({ ...question, directory, env: process.env });
  if (answer === undefined) return false;
  const text = toText(words, answer.stages);
  if (text !== '') process.stdout.on('error', endWithReader).write(text);
  return true;
}

function toText([verb, ...options]: readonly string[], stages: readonly string[]): string {
  if (options.includes('--quiet') || options.includes('-q')) return '';
  if (options.includes('--json')) return '{}\n';
  return verb === 'status' ? UP_TO_DATE : `${stages.map(skippedLine).join('')}${UP_TO_DATE}`;
}

/** A reader such as head may close the pipe early. */
function endWithReader(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(141);
  throw error;
}
