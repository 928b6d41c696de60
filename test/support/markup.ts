// Reads markup that our renderers wrote, strictly: what is no plain tag with quoted attributes, no comment and no
// escaped text makes it throw. A browser forgives more; what passes here leaves it nothing to forgive.

/** A start tag, with its attributes as they stand. */
export interface Tag {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The start tags in order and the text between all tags, unescaped. */
export interface Markup {
  readonly tags: readonly Tag[];
  readonly texts: readonly string[];
}

const voidTags: readonly string[] = ['meta', 'br'];
const token = /<!doctype html>|<(\/?)([a-z][a-z0-9]*)((?: [a-zA-Z0-9-]+="[^"<>]*")*)(\/?)>|([^<>]+)/gy;
const entity = /&(?:amp|lt|gt|quot|#39);/gu;
const characters: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};

function readText(text: string): string {
  const bare = text.replace(entity, '');
  if (bare.includes('&')) throw new Error(`an unescaped & in ${text}`);
  return text.replace(entity, found => characters[found] ?? '');
}

/** Throws on anything unescaped, unquoted, unclosed or wrongly nested. */
export function readMarkup(markup: string): Markup {
  const tags: Tag[] = [];
  const texts: string[] = [];
  const open: string[] = [];
  let at = 0;
  for (const found of markup.matchAll(token)) {
    at = found.index + found[0].length;
    const [, end, name, attributes, selfClosed, text] = found;
    if (text !== undefined) texts.push(readText(text));
    if (name === undefined) continue;
    if (end) {
      if (open.pop() !== name) throw new Error(`</${name}> closes nothing`);
      continue;
    }
    tags.push({ name, attributes: readAttributes(attributes ?? '') });
    if (!selfClosed && !voidTags.includes(name)) open.push(name);
  }
  if (at !== markup.length) throw new Error(`no markup of ours: ${markup.slice(at, at + 60)}`);
  if (open.length > 0) throw new Error(`never closed: ${open.join(' ')}`);
  return { tags, texts };
}

function readAttributes(written: string): Readonly<Record<string, string>> {
  const found = written.matchAll(/ ([a-zA-Z0-9-]+)="([^"]*)"/gu);
  return Object.fromEntries([...found].map(([, name, value]) => [name, readText(value ?? '')]));
}
