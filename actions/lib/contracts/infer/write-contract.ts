// An inferred contract as YAML, written by hand line by line: what was guessed stands beside its evidence.
import type { Guess, InferredColumn } from '#lib/contracts/infer/infer.ts';
import { formatYaml } from '#lib/documents/edit.ts';

export interface InferredTable {
  /** No other table of the contract has it. */
  readonly name: string;
  /** The file's name. */
  readonly file: string;
  /** As a server names it. */
  readonly format: string;
  /** How the text is written, where it is not plain CSV or JSON: keys of a server. */
  readonly dialect: readonly Guess[];
  readonly rows: number;
  readonly columns: readonly InferredColumn[];
}

export interface InferredContract {
  readonly id: string;
  readonly tables: readonly InferredTable[];
}

/** The whole file. */
export function writeContract({ id, tables }: InferredContract): string {
  const files = tables.map(({ file }) => file);
  const rows = tables.map(({ rows }) => count(rows, 'row')).join(' and ');
  return [
    ...comment(`Data contract of ${files.join(' and ')}, inferred by mainline contract init from ${rows}.`),
    ...comment(
      'A guess from what is there now: read every line before anybody relies on it, then make it active.',
    ),
    'apiVersion: v3.1.0',
    'kind: DataContract',
    pair('id', id),
    pair('name', id),
    'version: 0.1.0',
    'status: draft',
    'servers:',
    ...tables.flatMap(writeServer),
    'schema:',
    ...tables.flatMap(writeTable),
    '',
  ].join('\n');
}

/** Version 3.1 of the standard gives a local server no keys for how text is written. */
function writeServer({ name, file, format, dialect }: InferredTable): readonly string[] {
  return [
    `  - ${pair('server', name)}`,
    '    type: local',
    `    ${pair('path', file.replaceAll(/[*?[{]/g, '[$&]'))}`,
    `    format: ${format}`,
    ...(dialect.length > 0 ? ['    customProperties:'] : []),
    ...dialect.flatMap(guess => [
      `      - ${pair('property', guess.key)}`,
      `        ${line({ ...guess, key: 'value' })}`,
    ]),
  ];
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`;
}

function writeTable({ name, file, rows, columns }: InferredTable): readonly string[] {
  return [
    `  - ${pair('name', name)}`,
    `    ${pair('physicalName', file)}`,
    '    logicalType: object',
    ...(columns.length > 0
      ? [`    properties: ${remark(`${count(columns.length, 'column')}, ${count(rows, 'row')}`)}`]
      : []),
    ...columns.flatMap(writeColumn),
  ];
}

function writeColumn({ name, keys, options, validValues, notes }: InferredColumn): readonly string[] {
  return [
    `      - ${pair('name', name)}${notes.length > 0 ? ` ${remark(notes.join('; '))}` : ''}`,
    ...keys.map(guess => `        ${line(guess)}`),
    ...(options.length > 0
      ? ['        logicalTypeOptions:', ...options.map(guess => `          ${line(guess)}`)]
      : []),
    ...(validValues
      ? [
          '        quality:',
          `          - metric: invalidValues ${remark(validValues.evidence)}`,
          '            arguments:',
          '              validValues:',
          ...validValues.values.map(value => `                - ${scalar(value)}`),
          '            mustBe: 0',
        ]
      : []),
  ];
}

function line({ key, value, evidence }: Guess): string {
  return evidence === '' ? pair(key, value) : `${pair(key, value)} ${remark(evidence)}`;
}

function pair(key: string, value: unknown): string {
  return `${key}: ${scalar(value)}`;
}

/** Words that older YAML reads as something else: Norway is NO, and other tools read contracts too. */
const OTHERWISE = /^(y|n|yes|no|on|off|true|false|null|nan|inf|infinity)$/i;

/** On one line, and text to every version of YAML. */
function scalar(value: unknown): string {
  if (typeof value !== 'string') return formatYaml(value).trimEnd();
  const text = value.toWellFormed();
  if (/^[A-Za-z_][\w./-]*( [\w./-]+)*$/.test(text) && !OTHERWISE.test(text)) return text;
  if (/^[\u{20}-\u{7e}\u{a1}-\u{1fff}]*$/u.test(text)) return `'${text.replaceAll("'", "''")}'`;
  const hex = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(text).replaceAll(/[\u{7f}-\u{a0}\u{2000}-\u{20ff}\u{feff}\u{fffe}\u{ffff}]/gu, hex);
}

function comment(text: string): readonly string[] {
  return [remark(text)];
}

/** A comment ends with its line, so nothing in it may end one. */
function remark(text: string): string {
  return `# ${text.toWellFormed().replaceAll(/[\p{Cc}\u{2028}\u{2029}\u{feff}]/gu, ' ')}`;
}
