import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { resolveBelow } from '#lib/dvc/pipeline/paths.ts';

const part = fc.oneof(
  fc.constantFrom('.', '..', '', ' ', 'a', 'b-c', 'd.e', '.f', '-', 'g.', 'h..i', '..j', 'k l', 'é'),
  fc.string({ maxLength: 3 }),
);

test('a path below a folder is what path.resolve makes of it, whatever it is', () => {
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), fc.constantFrom('/', '/r', '/r/s.t'), (parts, folder) => {
      const path = parts.join('/');
      expect(resolveBelow(folder, path)).toBe(resolve(folder, path));
    }),
    { numRuns: 2000 },
  );
  expect(resolveBelow('/r', 'a/b.txt')).toBe(join('/r', 'a', 'b.txt'));
});
