// Block YAML with the layout of dvc.lock: two spaces a level, dashes at the level of their key, nothing for null.
import {
  formatFloat,
  isValueList,
  isValueMap,
  type Scalar,
  type Value,
  type ValueMap,
} from '#lib/dvc/values/value.ts';
import { writeText } from '#lib/dvc/values/yaml-scalar.ts';

const LEVEL = 2;

/** A map as lines that end in a newline, its keys at column `indent`. */
export function writeMap(map: ValueMap, indent: number): string {
  const pad = ' '.repeat(indent);
  return [...map]
    .map(([key, value]) => {
      const name = pad + writeScalar(key, { column: indent, indent: indent + LEVEL, fold: false });
      return `${name}:${writeMember(value, { indent, column: Array.from(name).length + 1 })}`;
    })
    .join('');
}

interface Member {
  /** The column of the key or dash that this value belongs to. */
  readonly indent: number;
  /** The column after its colon. */
  readonly column: number;
}

function writeMember(value: Value, { indent, column }: Member): string {
  if (isValueList(value)) return value.length === 0 ? ' []\n' : `\n${writeList(value, indent)}`;
  if (isValueMap(value)) return value.size === 0 ? ' {}\n' : `\n${writeMap(value, indent + LEVEL)}`;
  if (value === null) return '\n';
  return ` ${writeScalar(value, { column: column + 1, indent: indent + LEVEL, fold: true })}\n`;
}

/** Items as lines; the first line of a nested list or map stands beside its dash. */
function writeList(list: readonly Value[], indent: number): string {
  const inner = indent + LEVEL;
  return list.map(item => `${' '.repeat(indent)}- ${writeItem(item, inner)}`).join('');
}

function writeItem(item: Value, indent: number): string {
  if (isValueList(item)) return item.length === 0 ? '[]\n' : writeList(item, indent).slice(indent);
  if (isValueMap(item)) return item.size === 0 ? '{}\n' : writeMap(item, indent).slice(indent);
  if (item === null) return '\n';
  return `${writeScalar(item, { column: indent, indent, fold: true })}\n`;
}

interface Place {
  readonly column: number;
  readonly indent: number;
  readonly fold: boolean;
}

function writeScalar(value: Scalar, place: Place): string {
  if (typeof value === 'string') return writeText(value, place);
  if (typeof value !== 'number') return String(value);
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  return formatFloat(value);
}
