// Points for people to tick off, and which of them somebody has. A tick is an edit of the Markdown: whoever writes the text
// again has to read it first. Behind each point stands, unseen, what it is about, since words alone may stand there twice.
import type { Task } from '#lib/reports/blocks.ts';

/** @param text Markdown of one line */
export function taskLine(text: string, { key, isDone }: Task): string {
  return `- [${isDone ? 'x' : ' '}] ${text} <!-- mainline:task ${key} -->`;
}

const TICKED = /^- \[[xX]\] .*<!-- mainline:task ([\w:-]+) -->$/u;
const FENCE = /^(`{3,}|~{3,})/u;

/** The keys of the points that are ticked. What stands in a block of code may look like one, and is whatever it is of. */
export function readTicked(markdown: string): ReadonlySet<string> {
  const ticked = new Set<string>();
  let fence: string | undefined;
  for (const line of markdown.split(/\r?\n/u)) {
    const [mark] = FENCE.exec(line) ?? [];
    if (fence !== undefined) {
      if (mark?.startsWith(fence) && line.trimEnd() === mark) fence = undefined;
      continue;
    }
    fence = mark;
    const [, key] = TICKED.exec(line) ?? [];
    if (key !== undefined) ticked.add(key);
  }
  return ticked;
}
