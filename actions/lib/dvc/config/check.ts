// Holds a merged configuration against the table of options, and says where and what instead.

import { nearestWord } from '#lib/documents/nearest.ts';
import type { LevelConfig, Option, Options } from '#lib/dvc/config/level.ts';
import {
  DATABASE,
  FREE_SECTION,
  type Kind,
  MACHINE,
  REMOTES,
  SECTIONS,
  type Table,
} from '#lib/dvc/config/schema.ts';
import { ConfigurationError, type Location } from '#lib/errors.ts';

const LINK_TYPES: readonly string[] = ['reflink', 'hardlink', 'symlink', 'copy'];

/** An error that ends a program with DVC's code for configuration. */
export function configProblem(
  message: string,
  { at, remedy }: { readonly at?: Location | undefined; readonly remedy?: string | undefined } = {},
): ConfigurationError {
  return Object.assign(new ConfigurationError(message, { at, remedy }), { exitCode: 251 });
}

/** @throws ConfigurationError for the first option that DVC would refuse. */
export function checkConfig({ plain, named }: LevelConfig): void {
  for (const [section, options] of plain) {
    if (section === FREE_SECTION) continue;
    const table = Object.hasOwn(SECTIONS, section) ? SECTIONS[section] : undefined;
    if (table) checkOptions(options, { table, section });
    else {
      const at = [...options.values()][0]?.at;
      const names = [...Object.keys(SECTIONS), FREE_SECTION, 'remote "name"'];
      throw configProblem(`DVC's configuration has no section '${section}'`, {
        ...(at && { at: { ...at, line: undefined, column: undefined } }),
        remedy: suggest(section, names),
      });
    }
  }
  for (const [name, options] of named.remote) checkRemote(name, options);
  for (const [name, options] of named.machine) {
    checkOptions(options, { table: MACHINE, section: `machine "${name}"` });
  }
  for (const [name, options] of named.db) {
    checkOptions(options, { table: DATABASE, section: `db "${name}"` });
  }
}

function checkRemote(name: string, options: Options): void {
  const url = options.get('url');
  const section = `remote "${name}"`;
  if (typeof url?.value !== 'string') {
    const at = [...options.values()][0]?.at;
    const remedy = `say where it is: mainline dvc remote add ${name} <url>`;
    throw configProblem(`The remote '${name}' has no url`, { at, remedy });
  }
  const scheme = schemeOf(url.value);
  if (scheme === 'remote') return;
  const table = Object.hasOwn(REMOTES, scheme) ? REMOTES[scheme] : undefined;
  if (!table) {
    const remedy = `DVC knows ${Object.keys(REMOTES).filter(Boolean).join(', ')} and paths of folders`;
    throw configProblem(`The remote '${name}' has an address of an unknown kind, ${scheme}://`, {
      at: url.at,
      remedy,
    });
  }
  checkOptions(options, { table, section });
}

/** The scheme of an address; '' for paths. */
export function schemeOf(url: string): string {
  return /^([a-z][a-z0-9+.-]*):\/\/[^/]/iu.exec(url)?.[1]?.toLowerCase() ?? '';
}

function checkOptions(
  options: Options,
  { table, section }: { readonly table: Table; readonly section: string },
): void {
  for (const [name, option] of options) {
    const kind = Object.hasOwn(table, name) ? table[name] : undefined;
    if (kind === undefined) {
      throw configProblem(`[${section}] has no option '${name}'`, {
        at: option.at,
        remedy: suggest(name, Object.keys(table)),
      });
    }
    const expected = expectedInstead(option, kind);
    if (expected !== undefined) {
      throw configProblem(`'${name}' of [${section}] must be ${expected}`, { at: option.at });
    }
  }
}

function suggest(word: string, names: readonly string[]): string {
  const nearest = nearestWord(word, names);
  return nearest === undefined ? `it may be ${names.join(', ')}` : `did you mean '${nearest}'?`;
}

/** What a value should have been; undefined when it is right. Values may be secrets, so none is quoted. */
function expectedInstead({ value }: Option, kind: Kind): string | undefined {
  if (kind === 'links') {
    const types = typeof value === 'string' ? value.split(',').map(type => type.trim()) : value;
    return types.every(type => LINK_TYPES.includes(type)) ? undefined : `of ${LINK_TYPES.join(', ')}`;
  }
  if (kind === 'any') return undefined;
  if (typeof value !== 'string') return 'one value; write it in quotes when it has a comma';
  if (kind === 'bool') return /^(?:true|false)$/iu.test(value) ? undefined : 'true or false';
  if (kind === 'count') return isWhole(value) && Number(value) >= 1 ? undefined : 'a whole number from 1';
  if (kind === 'int') return isWhole(value) ? undefined : 'a whole number';
  if (kind === 'number') return Number(value) >= 0 && value.trim() !== '' ? undefined : 'a number from 0';
  if (typeof kind === 'string') return undefined;
  return kind.includes(value.toLowerCase()) ? undefined : `one of ${kind.join(', ')}`;
}

/** As Python's int() takes it. */
function isWhole(text: string): boolean {
  return /^\s*[+-]?\d+(?:_\d+)*\s*$/u.test(text);
}
