// What an action says to the runner. The runner obeys lines of both streams, so text of others is made harmless before it
// is printed: a proposal must not set, mask or forge anything by what its code prints.
import { isAbsolute, relative } from 'node:path';
import * as core from '@actions/core';
import type { Location } from '#lib/errors.ts';

export interface Annotation {
  readonly level: 'failure' | 'warning' | 'notice';
  readonly title?: string;
  readonly message: string;
  readonly at?: Location | undefined;
}

/** The runner shows this many of a level and step, and drops the rest without a word. */
const SHOWN_PER_LEVEL = 10;
/** The runner cuts there. */
const MAX_MESSAGE = 4096;

/** One line of anybody's output that no runner takes for a command. */
export function toHarmlessLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a carriage return begins a new line for the runner
  const line = text.replace(/[\u0000-\u0008\u000a-\u001a\u001c-\u001f\u007f-\u009f\u2028\u2029]/gu, ' ');
  const safe = line.replaceAll('##[', '## [');
  return /^\s*::/u.test(safe) ? `| ${safe}` : safe;
}

/** Prints to the log. */
export function say(text: string): void {
  for (const line of text.split('\n')) process.stdout.write(`${toHarmlessLine(line)}\n`);
}

/** Shows annotations at their lines; paths are given relative to the checkout. */
export function annotate(annotations: readonly Annotation[], workspace: string): void {
  for (const level of ['failure', 'warning', 'notice'] as const) {
    const all = annotations.filter(one => one.level === level);
    const more = all.length - SHOWN_PER_LEVEL + 1;
    for (const one of all.length > SHOWN_PER_LEVEL ? all.slice(0, -more) : all) show(one, workspace);
    if (all.length > SHOWN_PER_LEVEL)
      show({ level, message: `${more} more: see the summary of this job` }, workspace);
  }
}

function show({ level, title, message, at }: Annotation, workspace: string): void {
  const print = { failure: core.error, warning: core.warning, notice: core.notice }[level];
  const place = at && {
    file: isAbsolute(at.file) ? relative(workspace, at.file) : at.file,
    ...(at.line === undefined ? {} : { startLine: at.line }),
    ...(at.line === undefined || at.column === undefined ? {} : { startColumn: at.column }),
  };
  const text = message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE - 1)}…` : message;
  print(text, { ...place, ...(title === undefined ? {} : { title: toHarmlessLine(title) }) });
}
