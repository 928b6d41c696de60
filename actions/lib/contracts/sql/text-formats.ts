// The formats that the standard names for texts, as JSON Schema defines them, in RE2. What a format cannot be told by its
// form alone, such as password, is not here.
import { typedText } from '#lib/contracts/sql/typed-text.ts';
import { quoteText } from '#lib/sql/dialect.ts';

interface TextFormat {
  /** For the whole text. */
  readonly pattern: string;
  /** In characters. */
  readonly longest?: number;
}

const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const HOSTNAME = `${LABEL}(?:\\.${LABEL})*`;
const BYTE = '(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';
const IPV4 = `${BYTE}(?:\\.${BYTE}){3}`;
const IPV6 = ipv6();
const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const QUOTED = String.raw`"(?:[ !#-\[\]-~]|\\[ -~])*"`;
/** RFC 5321, 4.1.2: Mailbox. */
const EMAIL = `(?:${ATOM}(?:\\.${ATOM})*|${QUOTED})@(?:${HOSTNAME}|\\[(?:${IPV4}|IPv6:${IPV6})\\])`;
const HEX = '[0-9A-Fa-f]';

/** RFC 3986, appendix A. */
const ESCAPED = `%${HEX}${HEX}`;
const SAFE = "-A-Za-z0-9._~!$&'()*+,;=";
const PATH = `(?:[${SAFE}:@]|${ESCAPED})`;
const HOST = `(?:\\[(?:${IPV6}|v${HEX}+\\.[${SAFE}:]+)\\]|(?:[${SAFE}]|${ESCAPED})*)`;
const AUTHORITY = `(?:(?:[${SAFE}:]|${ESCAPED})*@)?${HOST}(?::[0-9]*)?`;
const AFTER = `(?:\\?(?:${PATH}|[/?])*)?(?:#(?:${PATH}|[/?])*)?`;
const HIERARCHY = `(?://${AUTHORITY}(?:/${PATH}*)*|/(?:${PATH}+(?:/${PATH}*)*)?|${PATH}+(?:/${PATH}*)*|)`;

const FORMATS: Readonly<Record<string, TextFormat>> = {
  email: { pattern: EMAIL, longest: 254 },
  hostname: { pattern: HOSTNAME, longest: 253 },
  ipv4: { pattern: IPV4 },
  ipv6: { pattern: IPV6 },
  uri: { pattern: `[A-Za-z][A-Za-z0-9+.-]*:${HIERARCHY}${AFTER}` },
  uuid: { pattern: `${HEX}{8}-${HEX}{4}-${HEX}{4}-${HEX}{4}-${HEX}{12}` },
  byte: { pattern: '(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?' },
};
const CLOCK = String.raw`([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)`;
/** RFC 3339, 5.6; the second 60 is none that DuckDB knows. */
const MOMENTS: Readonly<Record<string, { readonly pattern: string; readonly type: 'date' | 'timestamp' }>> = {
  date: { pattern: String.raw`\d{4}-\d{2}-\d{2}`, type: 'date' },
  'date-time': { pattern: String.raw`\d{4}-\d{2}-\d{2}[Tt]${CLOCK}`, type: 'timestamp' },
};

/** The formats that are checked. */
export const TEXT_FORMATS: readonly string[] = [...Object.keys(FORMATS), ...Object.keys(MOMENTS), 'time'];

/** True where a text is of the format, as SQL; undefined for a format that is not checked. */
export function hasFormatSql(text: string, format: string): string | undefined {
  const matches = (pattern: string) => `regexp_full_match(${text}, ${quoteText(pattern)})`;
  if (format === 'time') return matches(CLOCK);
  const { pattern, type } = MOMENTS[format] ?? {};
  if (pattern !== undefined && type !== undefined)
    return `(${matches(pattern)} AND ${typedText(`upper(${text})`, type)} IS NOT NULL)`;
  const found = Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  if (!found) return undefined;
  const { longest } = found;
  const whole = matches(found.pattern);
  return longest === undefined ? whole : `(${whole} AND length(${text}) <= ${longest})`;
}

/** RFC 4291, 2.2: eight groups, the last two perhaps as IPv4, and one run of zeros perhaps as `::`. */
function ipv6(): string {
  const group = '[0-9A-Fa-f]{1,4}';
  const last = `(?:${group}:${group}|${IPV4})`;
  const whole = `(?:${group}:){6}${last}`;
  const cut = Array.from({ length: 6 }, (_, before) => {
    const start = before === 0 ? '' : `(?:${group}:){0,${before - 1}}${group}`;
    return before === 0 ? `::(?:${group}:){0,5}${last}` : `${start}::(?:${group}:){0,${5 - before}}${last}`;
  });
  const one = `(?:(?:${group}:){0,5}${group})?::${group}`;
  const end = `(?:(?:${group}:){0,6}${group})?::`;
  return `(?:${[whole, ...cut, one, end].join('|')})`;
}
