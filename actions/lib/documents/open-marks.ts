// Which brackets and quotes of a YAML text are still open at a place: where a reader stumbles is often far below the mark
// that was never closed. A sketch of the syntax, good enough to point at something; what is valid is for the parser to say.

export interface OpenMarks {
  /** Offsets of `[` and `{`, the innermost last. */
  readonly brackets: readonly number[];
  /** Offset of a quote that does not end before the place. */
  readonly quote?: number | undefined;
}

/** What is open at the offset `end`. */
export function openMarks(text: string, end: number): OpenMarks {
  const brackets: number[] = [];
  // A mark counts only where a value may begin: elsewhere it is a character of a text.
  let isFresh = true;
  for (let at = 0; at < end; at++) {
    const character = text[at] ?? '';
    const isAlone = isSpace(text[at + 1]);
    if (character === '#' && (at === 0 || isSpace(text[at - 1]))) at = endOfLine(text, at) - 1;
    else if (character === '\n') isFresh = true;
    else if (isSpace(character)) continue;
    else if ((character === '"' || character === "'") && isFresh) {
      const close = closingQuote(text, at);
      if (close === undefined || close >= end) return { brackets, quote: at };
      at = close;
      isFresh = false;
    } else if ((character === '[' || character === '{') && isFresh) brackets.push(at);
    else if ((character === '|' || character === '>') && isFresh) at = endOfBlock(text, at) - 1;
    else if (character === ']' || character === '}') {
      brackets.pop();
      isFresh = false;
    } else if (character === ',') isFresh = brackets.length > 0;
    else if (character === ':') isFresh = isAlone || brackets.length > 0;
    else isFresh = isFresh && character === '-' && isAlone;
  }
  return { brackets };
}

function isSpace(character: string | undefined): boolean {
  return character === undefined || character === ' ' || character === '\n' || character === '\r';
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

function closingQuote(text: string, start: number): number | undefined {
  const mark = text[start];
  for (let at = start + 1; at < text.length; at++) {
    if (mark === '"' && text[at] === '\\') at++;
    else if (text[at] !== mark) continue;
    else if (mark === "'" && text[at + 1] === "'") at++;
    else return at;
  }
  return undefined;
}

/** The lines of a text that begins with `|` are indented further than the line with the mark. */
function endOfBlock(text: string, mark: number): number {
  const indent = indentOf(text, text.lastIndexOf('\n', mark) + 1);
  let end = endOfLine(text, mark);
  while (end < text.length) {
    const next = endOfLine(text, end + 1);
    const isBlank = text.slice(end + 1, next).trim() === '';
    if (!isBlank && indentOf(text, end + 1) <= indent) break;
    end = next;
  }
  return end;
}

function indentOf(text: string, start: number): number {
  let at = start;
  while (text[at] === ' ') at++;
  return at - start;
}
