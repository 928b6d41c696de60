// Which parts of a card that only people can write are written. A question that still stands there is no answer.
import { BEGIN_LINE, END_LINE, OWNERS_PARTS } from '#lib/cards/parts.ts';

export interface CardCompleteness {
  readonly written: readonly string[];
  readonly missing: readonly string[];
}

/** Fewer letters than this say nothing about a model. */
const SHORTEST = 20;

/** Looks at the headings of the owners' parts; a card that is not there has none. */
export function completenessOf(card: string | undefined): CardCompleteness {
  const sections = sectionsOf(ownersText(card ?? ''));
  const titles = OWNERS_PARTS.map(([title]) => title);
  const isWritten = (title: string): boolean =>
    (sections.get(title.toLowerCase()) ?? '').replace(/[^\p{L}\p{N}]/gu, '').length >= SHORTEST;
  return { written: titles.filter(isWritten), missing: titles.filter(title => !isWritten(title)) };
}

/** The card without its generated facts, which change with every evaluation. */
export function ownersText(card: string): string {
  const begin = BEGIN_LINE.exec(card);
  const end = END_LINE.exec(card);
  if (!begin || !end || end.index < begin.index) return card;
  return card.slice(0, begin.index) + card.slice(end.index + end[0].length);
}

/** By title in lower case; what is not shown, and questions that nobody answered, do not count. */
function sectionsOf(text: string): ReadonlyMap<string, string> {
  const questions = OWNERS_PARTS.map(([, question]) => question);
  const shown = text.replace(/<!--[\s\S]*?(?:-->|$)/gu, '');
  const [, ...parts] = `\n${shown}`.split(/\n#{1,6}[ \t]+/u);
  return new Map(
    parts.map(part => {
      const [title = '', ...body] = part.split('\n');
      const words = questions.reduce((left, question) => left.replaceAll(question, ''), body.join('\n'));
      return [title.replace(/[ \t#]+$/u, '').toLowerCase(), words] as const;
    }),
  );
}
