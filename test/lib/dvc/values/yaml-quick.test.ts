import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Value } from '#lib/dvc/values/value.ts';
import { readGeneralYaml } from '#lib/dvc/values/yaml-general.ts';
import type { YamlNode } from '#lib/dvc/values/yaml-node.ts';
import { readQuickYaml } from '#lib/dvc/values/yaml-quick.ts';
import { writeMap } from '#lib/dvc/values/yaml-write.ts';
import { FIXTURES } from './typed-values.ts';

const at = () => ({ file: 'any.yaml' });

/** The general reader's tree, or undefined for what it refuses. */
function readGeneral(text: string): YamlNode | undefined {
  try {
    return readGeneralYaml(text, { at, remedy: undefined }).root;
  } catch {
    return undefined;
  }
}

/** Values and the places of keys and texts; where an absent value stands does not matter. */
function placed(node: YamlNode): unknown {
  if (node.kind === 'list') return node.items.map(placed);
  if (node.kind === 'map') return node.members.map(one => [one.key, one.keyAt, placed(one.value)]);
  return node.value === null ? null : [node.value, node.at];
}

function expectSame(text: string): boolean {
  const quick = readQuickYaml(text);
  if (quick === undefined) return false;
  const general = readGeneral(text);
  expect(general, `the general reader refuses ${JSON.stringify(text)}`).toBeDefined();
  if (general) expect(placed(quick)).toEqual(placed(general));
  return true;
}

it.each(['dvc.lock', 'dvc.yaml', 'params.yaml'])(
  'the %s that DVC and people write takes the quick way',
  name => {
    expect(expectSame(readFileSync(`${FIXTURES}pipeline/${name}`, 'utf8'))).toBe(true);
  },
);

it.each([
  'a: b # c\nd: [x, "y z", 1.5, {k: v}]\n',
  '# first\na:\n\n  # inside\n  - b\n  -   c: 1\n      d: 2\n  - - 1\n    - 2\ne:\n- f\ng:\n',
  "a: one\n  --two 'three'\n  four\nb: 'x\n  y'\nc: \"x \\\n  \\ y\\u00e9\\n\"\n",
  `s:\n  x@\${item}:\n    cmd: echo \${a.b} $X\n`,
  'a: []\nb: {}\n"c d": ~\n\'e\': 0x1F\n',
])('%j takes the quick way', text => {
  expect(expectSame(text)).toBe(true);
});

it.each([
  'a: &x 1\n',
  'a: !t 1\n',
  'a: |\n  x\n',
  'a:\tb\n',
  'a: b: c\n',
  'a: 1\na: 2\n',
  'since: 2020-01-01\n',
  '- a\nb: c\n',
])('%j is left to the general reader', text => {
  expect(readQuickYaml(text)).toBeUndefined();
});

const scalar = fc.oneof(
  fc.constantFrom(
    'a',
    'b c',
    '1',
    '1.5',
    'true',
    '',
    ' x',
    'x: y',
    '#n',
    '- d',
    "it's",
    `${'$'}{v}`,
    '2020-01-01',
    '<<',
  ),
  fc.string({ unit: 'grapheme', maxLength: 100 }),
  fc.bigInt(),
  fc.boolean(),
  fc.constant(null),
);
const { value } = fc.letrec<{ value: Value; map: Value; list: Value }>(tie => ({
  value: fc.oneof({ depthSize: 'small' }, scalar, tie('list'), tie('map')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  map: fc
    .array(fc.tuple(fc.string({ maxLength: 8 }), tie('value')), { maxLength: 4 })
    .map(pairs => new Map(pairs)),
}));

it('both readers see the same in whatever DVC could write', () => {
  fc.assert(
    fc.property(value, item => {
      expectSame(writeMap(new Map([['key', item]]), 0));
    }),
    { numRuns: 2000, seed: 20_261_121 },
  );
});

const pieces = [
  ...[
    'a',
    'b',
    'key',
    '1',
    '- ',
    '-',
    ': ',
    ':',
    ' ',
    '  ',
    '    ',
    '\n',
    '\n  ',
    '\n- ',
    '\n  - ',
    '\n    ',
    '#',
    ' #',
  ],
  ...[
    '"',
    "'",
    '[',
    ']',
    '{',
    '}',
    ', ',
    '|',
    '>',
    '&x ',
    '*x',
    '!t ',
    '?',
    '? ',
    '~',
    '<<',
    '%',
    '@',
    '`',
    '\\',
    '\\n',
  ],
  ...[
    '---',
    '...',
    'é',
    '😀',
    `${'$'}{x}`,
    '=',
    '\n\n',
    'a: ',
    'b:\n',
    '- a\n',
    '  c: d\n',
    "'x'",
    '"y"',
    '[1, 2]',
    '{k: v}',
  ],
];

it('both readers see the same in texts that are nearly YAML', () => {
  const text = fc.array(fc.constantFrom(...pieces), { maxLength: 14 }).map(parts => parts.join(''));
  fc.assert(
    fc.property(text, fc.boolean(), (body, isWrapped) => {
      expectSame(isWrapped ? `key:\n  ${body}\n` : body);
    }),
    { numRuns: 30_000, seed: 20_261_122 },
  );
});
