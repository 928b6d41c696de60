// What a comment said at earlier commits, kept in the comment itself: a marker that no reader sees. Anybody who may edit
// the comment may have written it, so it passes a schema, is bounded, and is shown and never believed.
import { z } from 'zod';
import type { Proposal } from '#lib/registry/proposal.ts';

const MOST_ENTRIES = 10;
const MARKER = /<!-- mainline:history ([A-Za-z0-9_-]{1,8000}) -->/u;

const entrySchema = z.strictObject({
  head: z.string().regex(/^[0-9a-f]{40,64}$/u),
  stands: z.boolean().nullable(),
  /** The primary metric as it was shown. */
  primary: z.string().max(80),
});

export type HistoryEntry = Readonly<z.output<typeof entrySchema>>;

/** The entries a comment carries; none when it carries none that can be read. */
export function readHistory(body: string): readonly HistoryEntry[] {
  const [, encoded] = MARKER.exec(body) ?? [];
  if (encoded === undefined) return [];
  try {
    const value: unknown = JSON.parse(Buffer.from(encoded, 'base64url').toString());
    return z.array(entrySchema).max(MOST_ENTRIES).safeParse(value).data ?? [];
  } catch {
    return [];
  }
}

/** The marker that readHistory finds. */
export function writeHistory(entries: readonly HistoryEntry[]): string {
  return `<!-- mainline:history ${Buffer.from(JSON.stringify(entries)).toString('base64url')} -->`;
}

/** With this commit as the last; the same commit judged again replaces what was said of it. */
export function addToHistory(
  history: readonly HistoryEntry[],
  {
    proposal,
    head,
    primary,
  }: { readonly proposal: Proposal; readonly head: string; readonly primary: string },
): readonly HistoryEntry[] {
  const entry = { head, stands: proposal.evidence ? proposal.verdict.slo_compliant : null, primary };
  return [...history.filter(one => one.head !== head), entry].slice(-MOST_ENTRIES);
}
