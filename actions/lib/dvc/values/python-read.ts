// Parameters from a Python file as DVC takes them, without running it: plain assignments of literals at the top, in
// classes, and to `self` in `__init__`. Whatever has to be computed is left out, as DVC leaves it out.
import { readStatements, type Statement, type Token } from '#lib/dvc/values/python-tokens.ts';
import type { Scalar, Value, ValueMap } from '#lib/dvc/values/value.ts';

/** @throws ConfigurationError for quotes or brackets that are never closed. */
export function parsePython(text: string, file: string): ValueMap {
  return readBody(readStatements(text, file), false);
}

/** The statements of one level; those deeper belong to the class or function above them. */
function readBody(statements: readonly Statement[], isSelfOnly: boolean): ValueMap {
  const found = new Map<Scalar, Value>();
  const indent = statements[0]?.indent ?? 0;
  for (let index = 0; index < statements.length; index++) {
    const statement = statements[index];
    if (!statement || statement.indent > indent) continue;
    const { tokens } = statement;
    const after = statements.slice(index + 1);
    const next = after.findIndex(one => one.indent <= statement.indent);
    const below = next < 0 ? after : after.slice(0, next);
    const [first, second] = tokens;
    if (first?.text === 'class' && second) {
      found.set(second.text, readBody([...bodyBeside(statement), ...below], false));
    } else if (first?.text === 'def' && second?.text === '__init__') {
      for (const [key, value] of readBody([...bodyBeside(statement), ...below], true)) found.set(key, value);
    } else for (const part of splitAt(tokens, ';')) assign(part, { found, isSelfOnly });
  }
  return found;
}

/** What stands after the colon on the line of a class or function itself. */
function bodyBeside({ tokens, indent, line }: Statement): readonly Statement[] {
  let depth = 0;
  const colon = tokens.findIndex(token => {
    depth += depthOf(token);
    return depth === 0 && token.text === ':' && token.kind === 'mark';
  });
  const rest = colon < 0 ? [] : tokens.slice(colon + 1);
  return rest.length === 0 ? [] : [{ indent: indent + 1, tokens: rest, line }];
}

function depthOf({ kind, text }: Token): number {
  if (kind !== 'mark') return 0;
  return '([{'.includes(text) ? 1 : ')]}'.includes(text) ? -1 : 0;
}

/** Parts between marks of the top level. */
function splitAt(tokens: readonly Token[], mark: string): readonly (readonly Token[])[] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    depth += depthOf(token);
    if (depth === 0 && token.kind === 'mark' && token.text === mark) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

interface Assignment {
  readonly found: Map<Scalar, Value>;
  /** In `__init__` only `self.name = ...` counts. */
  readonly isSelfOnly: boolean;
}

function assign(tokens: readonly Token[], { found, isSelfOnly }: Assignment): void {
  const [left, right, third] = splitAt(tokens, '=');
  if (!left || !right || third) return;
  const [target = []] = splitAt(left, ':');
  const name = targetName(target, isSelfOnly);
  const value = name === undefined ? undefined : readLiteral(right);
  if (name !== undefined && value !== undefined) found.set(name, value);
}

function targetName(target: readonly Token[], isSelfOnly: boolean): string | undefined {
  const words = target.map(token => token.text);
  if (words.length === 1 && target[0]?.kind === 'name') return isSelfOnly ? undefined : words[0];
  const isAttribute = words.length === 3 && words[0] === 'self' && words[1] === '.';
  return isAttribute ? words[2] : undefined;
}

/** The value of a literal; undefined for anything that has to be computed, and for sets, bytes and complex numbers. */
function readLiteral(tokens: readonly Token[]): Value | undefined {
  const [, ...more] = splitAt(tokens, ',');
  if (more.length > 0) return readItems(tokens);
  const [first, ...rest] = tokens;
  if (!first) return undefined;
  const last = rest.at(-1)?.text;
  if (first.kind === 'string') return joinStrings(tokens);
  if (first.kind === 'mark' && '([{'.includes(first.text)) {
    const isOne = closesAtEnd(tokens);
    if (!isOne || last === undefined) return undefined;
    return readBracket(first.text, rest.slice(0, -1));
  }
  if (first.text === '-' || first.text === '+') return signed(first.text, readLiteral(rest));
  if (rest.length > 0) return undefined;
  if (first.kind === 'number') return readNumber(first.text);
  return { True: true, False: false, None: null }[first.text];
}

function closesAtEnd(tokens: readonly Token[]): boolean {
  let depth = 0;
  const end = tokens.findIndex(token => {
    depth += depthOf(token);
    return depth === 0;
  });
  return end === tokens.length - 1;
}

function readBracket(bracket: string, inner: readonly Token[]): Value | undefined {
  if (bracket === '[') return inner.length === 0 ? [] : readItems(inner);
  if (bracket === '(') return inner.length === 0 ? [] : readLiteral(inner);
  return readMap(inner);
}

function readItems(tokens: readonly Token[]): readonly Value[] | undefined {
  const parts = splitAt(tokens, ',');
  const items = (parts.at(-1)?.length === 0 ? parts.slice(0, -1) : parts).map(readLiteral);
  return items.every(item => item !== undefined) ? items : undefined;
}

function readMap(tokens: readonly Token[]): ValueMap | undefined {
  if (tokens.length === 0) return new Map();
  const parts = splitAt(tokens, ',');
  const members = (parts.at(-1)?.length === 0 ? parts.slice(0, -1) : parts).map(part => {
    const [key = [], value = [], third] = splitAt(part, ':');
    return third ? [undefined, undefined] : ([readLiteral(key), readLiteral(value)] as const);
  });
  const map = new Map<Scalar, Value>();
  for (const [key, value] of members) {
    if (key === undefined || value === undefined || (key !== null && typeof key === 'object'))
      return undefined;
    map.set(key, value);
  }
  return map;
}

function joinStrings(tokens: readonly Token[]): string | undefined {
  const isText = tokens.every(({ kind, value }) => kind === 'string' && value !== undefined);
  return isText ? tokens.map(({ value }) => value).join('') : undefined;
}

function signed(sign: string, value: Value | undefined): Value | undefined {
  if (typeof value !== 'number' && typeof value !== 'bigint') return undefined;
  return sign === '-' ? -value : value;
}

function readNumber(text: string): Value | undefined {
  const digits = text.replaceAll('_', '');
  if (/[jJ]$/.test(digits)) return undefined;
  if (/^0[xXoObB]/.test(digits) || /^\d+$/.test(digits)) return BigInt(digits);
  return Number(digits);
}
