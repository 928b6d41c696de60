// What a comment said at earlier commits, kept in the comment itself: a last line that no reader sees. Anybody who may
// edit the comment may have written it, so it passes a schema, is bounded, and is shown and never believed. Only the very
// last line is read: text from a proposal can stand anywhere before it.
import { z } from 'zod';

export const MOST_ENTRIES = 10;
const LONGEST = 8000;
const MARKER = /^<!-- mainline:history ([A-Za-z0-9_-]+) -->$/u;

const entrySchema = z.strictObject({
  head: z.string().regex(/^[0-9a-f]{40,64}$/u),
  standing: z.enum(['stands', 'does not stand', 'cannot be judged']),
  /** The primary metric as it was shown; empty when nothing was evaluated. */
  primary: z.string().max(80),
});

export type HistoryEntry = Readonly<z.output<typeof entrySchema>>;

/** The entries a comment carries, oldest first; none when it carries none that can be read. */
export function readHistory(body: string): readonly HistoryEntry[] {
  const last = body.slice(-LONGEST).trimEnd();
  const [, encoded] = MARKER.exec(last.slice(last.lastIndexOf('\n') + 1)) ?? [];
  if (encoded === undefined) return [];
  try {
    const value: unknown = JSON.parse(Buffer.from(encoded, 'base64url').toString());
    return z.array(entrySchema).max(MOST_ENTRIES).safeParse(value).data ?? [];
  } catch {
    return [];
  }
}

/** The line that readHistory finds. */
export function writeHistory(entries: readonly HistoryEntry[]): string {
  return `<!-- mainline:history ${Buffer.from(JSON.stringify(entries)).toString('base64url')} -->`;
}

/** With this commit as the last; the same commit judged again replaces what was said of it. */
export function addToHistory(history: readonly HistoryEntry[], entry: HistoryEntry): readonly HistoryEntry[] {
  return [...history.filter(({ head }) => head !== entry.head), entry].slice(-MOST_ENTRIES);
}
