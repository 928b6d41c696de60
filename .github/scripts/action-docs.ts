// The tables of an action's README, from its action.yml: written between two markers, so that the words around stay.
import { parse } from 'yaml';

const BEGIN = '<!-- npm run docs writes from here, out of action.yml -->';
const END = '<!-- to here -->';

interface ActionFile {
  readonly inputs?: Readonly<Record<string, { description: string; required?: boolean; default?: string }>>;
  readonly outputs?: Readonly<Record<string, { description: string }>>;
}

/**
 * The README with tables that say what action.yml says.
 * @throws Error when the markers are not there.
 */
export function updateReadme(readme: string, actionYml: string): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`a README needs the lines ${BEGIN} and ${END}`);
  return `${readme.slice(0, begin + BEGIN.length)}\n\n${describe(actionYml)}\n\n${readme.slice(end)}`;
}

function describe(actionYml: string): string {
  const { inputs = {}, outputs = {} } = parse(actionYml) as ActionFile;
  const taken = Object.entries(inputs).map(([name, { description, required, default: value }]) => [
    code(name),
    required ? 'required' : value === undefined ? '' : code(value),
    cell(description),
  ]);
  const given = Object.entries(outputs).map(([name, { description }]) => [code(name), cell(description)]);
  return [
    ...(taken.length > 0 ? [table(['Input', 'Default', 'What'], taken)] : ['It takes no input.']),
    table(['Output', 'What'], given),
  ].join('\n\n');
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, header.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n');
}

const code = (text: string): string => `\`${text}\``;

/** A name in angle brackets would be taken for HTML. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/<([\w-]+)>/gu, '`<$1>`');
