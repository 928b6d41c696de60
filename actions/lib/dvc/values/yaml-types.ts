// What an unquoted YAML word means to DVC: the YAML 1.2 rules of ruamel.yaml, which differ from other readers on
// 1_000 (a number), 012 (twelve) and dates. The same rules decide which text has to be quoted when written.
import type { Scalar } from '#lib/dvc/values/value.ts';

const BOOLEAN = /^(?:true|True|TRUE|false|False|FALSE)$/;
const FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+|[-+]?\.[0-9_]+(?:[eE][-+][0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const INTEGER = /^(?:[-+]?0b[01_]+|[-+]?0o?[0-7_]+|[-+]?[0-9_]+|[-+]?0x[0-9a-fA-F_]+)$/;
const NULL = /^(?:~|null|Null|NULL|)$/;
const TIMESTAMP =
  /^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?)$/;
const MARK = /^(?:<<|=|[!&*])$/;

export type WordKind = 'text' | 'boolean' | 'float' | 'integer' | 'null' | 'timestamp' | 'mark';

/** What the word would be read as when it stands unquoted. */
export function wordKind(word: string): WordKind {
  if (NULL.test(word)) return 'null';
  if (BOOLEAN.test(word)) return 'boolean';
  if (/^[-+.0-9]/.test(word)) {
    if (FLOAT.test(word)) return 'float';
    if (INTEGER.test(word) && !word.startsWith('_')) return 'integer';
    if (TIMESTAMP.test(word)) return 'timestamp';
  }
  return MARK.test(word) ? 'mark' : 'text';
}

/** The value of an unquoted word; a date stays the text it was written as. */
export function readWord(word: string): Scalar {
  switch (wordKind(word)) {
    case 'null':
      return null;
    case 'boolean':
      return word.toLowerCase() === 'true';
    case 'float':
      return readFloat(word.replaceAll('_', '').toLowerCase());
    case 'integer':
      return readInteger(word.replaceAll('_', '').toLowerCase());
    default:
      return word;
  }
}

function readFloat(word: string): number {
  const sign = word.startsWith('-') ? -1 : 1;
  const size = word.replace(/^[-+]/, '');
  if (size === '.inf') return sign * Number.POSITIVE_INFINITY;
  return size === '.nan' ? Number.NaN : sign * Number(size);
}

/** Leading zeros are decimal in YAML 1.2; only 0o is octal. */
function readInteger(word: string): bigint {
  const size = BigInt(word.replace(/^[-+]/, '') || '0');
  return word.startsWith('-') ? -size : size;
}
