// What values of a nested type are made of, by the engine's name of the type: STRUCT(city VARCHAR, "zip code" INTEGER)[].

export type NestedType =
  | { readonly kind: 'struct'; readonly members: ReadonlyMap<string, string> }
  | { readonly kind: 'list'; readonly items: string }
  | { readonly kind: 'map'; readonly keys: string; readonly values: string };

/** Undefined for a type that holds nothing else. */
export function nestedTypeOf(type: string): NestedType | undefined {
  const list = /^(.*)\[\d*\]$/su.exec(type);
  if (list) return { kind: 'list', items: list[1] ?? '' };
  const [, word, inner = ''] = /^(STRUCT|MAP)\((.*)\)$/su.exec(type) ?? [];
  if (word === undefined) return undefined;
  const parts = splitParts(inner);
  if (word === 'MAP') return { kind: 'map', keys: parts[0] ?? '', values: parts[1] ?? '' };
  return { kind: 'struct', members: new Map(parts.map(readMember)) };
}

/** Splits at commas that stand in no brackets and no quotes. */
function splitParts(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const mark = text[at] ?? '';
    if (quote !== '') quote = mark === quote ? '' : quote;
    else if (mark === '"' || mark === "'") quote = mark;
    else if (mark === '(') depth++;
    else if (mark === ')') depth--;
    else if (mark === ',' && depth === 0) {
      parts.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  return [...parts, text.slice(start).trim()];
}

function readMember(text: string): readonly [name: string, type: string] {
  const [, quoted, plain = '', type = ''] = /^(?:"((?:[^"]|"")*)"|(\S+)) (.*)$/su.exec(text) ?? [];
  return [quoted?.replaceAll('""', '"') ?? plain, type];
}
