import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sameValue, type Value, type ValueMap } from '#lib/dvc/values/value.ts';
import { parseTyped } from '#lib/dvc/values/yaml-read.ts';
import { writeMap } from '#lib/dvc/values/yaml-write.ts';
import { fromTyped, readEmitted } from './typed-values.ts';

it('documents are written byte for byte as the real DVC writes them, where DVC reads them back', () => {
  const readable = readEmitted().filter(one => one.readable);
  expect(readable.length).toBeGreaterThan(200);
  for (const { value, yaml } of readable) expect(writeMap(fromTyped(value) as ValueMap, 0)).toBe(yaml);
});

it('a line of exactly eighty columns is folded at its end, without a space', () => {
  const cmd = `${'a'.repeat(40)} ${'b'.repeat(34)} c d`;
  expect(writeMap(new Map([['cmd', cmd]]), 0)).toBe(`cmd: ${'a'.repeat(40)} ${'b'.repeat(34)}\n  c d\n`);
});

// DVC 3.67.1 writes this folded after "b", and reads one space where there were three.
it('a run of spaces that a fold would lose is kept by not folding', () => {
  const cmd = `echo ${'a'.repeat(50)} b   ${'c'.repeat(40)}`;
  expect(writeMap(new Map([['cmd', cmd]]), 0)).toBe(`cmd: "${cmd}"\n`);
});

it('a long command is folded where ruamel.yaml 0.19.1 folds it', () => {
  const cmd =
    'python src/train.py --alpha 0.1 --beta 0.2 --gamma 0.3 --delta 0.4 --epsilon 0.5 --zeta 0.6 --eta 0.7';
  expect(writeMap(new Map([['cmd', cmd]]), 0)).toBe(
    'cmd: python src/train.py --alpha 0.1 --beta 0.2 --gamma 0.3 --delta 0.4 \n  --epsilon 0.5 --zeta 0.6 --eta 0.7\n',
  );
});

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 120 }),
  fc
    .array(fc.constantFrom('a', ' ', "'", '"', ':', '#', '-', '\n', 'true', '1', 'é', '😀', '\\', 'word '), {
      maxLength: 60,
    })
    .map(parts => parts.join('')),
);
const scalar = fc.oneof(text, fc.bigInt(), fc.double(), fc.boolean(), fc.constant(null));
const { value } = fc.letrec<{ value: Value; map: ValueMap; list: Value[] }>(tie => ({
  value: fc.oneof({ depthSize: 'small' }, scalar, tie('list'), tie('map')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  map: fc
    .array(fc.tuple(fc.string({ maxLength: 20 }), tie('value')), { maxLength: 4 })
    .map(pairs => new Map(pairs)),
}));

it('whatever is written is read back as the same value', async () => {
  await fc.assert(
    fc.asyncProperty(value, async item => {
      const { value: read } = await parseTyped(writeMap(new Map([['key', item]]), 0), 'any.yaml');
      expect(sameValue(read, new Map([['key', item]]))).toBe(true);
    }),
    { numRuns: 1000, seed: 20_251_121 },
  );
});
