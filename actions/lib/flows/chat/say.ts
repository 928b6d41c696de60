// An answer below the comment that asked for it; asked again, it is replaced.
import type { Forge } from '#lib/forge/forge.ts';
import type { Block } from '#lib/reports/blocks.ts';
import { boundBlocks } from '#lib/reports/comment/bound.ts';
import { renderMarkdown } from '#lib/reports/markdown.ts';

/** What somebody wrote below a pull request. */
export interface Comment {
  readonly id: number;
  readonly body: string;
  /** The account, as the event names it. */
  readonly user: string;
  /** Number of the pull request. */
  readonly pull: number;
}

const LONGEST_LINE = 120;
const bounds = { text: 1000, rows: 60, blocks: 60, folds: true };

/** Writes it, with the line that asked. */
export async function sayIn(forge: Forge, comment: Comment, blocks: readonly Block[]): Promise<void> {
  const [line = ''] = comment.body.trimStart().split(/\r?\n/u);
  const asked: Block = {
    kind: 'paragraph',
    text: [
      { text: comment.user, strong: true },
      { text: ' asked: ' },
      { text: line.trim().slice(0, LONGEST_LINE), code: true },
    ],
  };
  const body = renderMarkdown(boundBlocks([asked, ...blocks], bounds));
  await forge.upsertComment(comment.pull, `mainline:chat:${comment.id}`, body);
}

/** What went wrong, and below it each line of what to do. */
export function problemBlocks(message: string, remedy?: string): readonly Block[] {
  const lines = remedy?.split('\n') ?? [];
  return [
    { kind: 'paragraph', text: message },
    ...(lines.length > 0 ? [{ kind: 'list', items: lines } as const] : []),
  ];
}
