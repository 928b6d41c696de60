import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nextVersion, type VersionFacts } from '#lib/registry/next-version.ts';
import { compareVersions, newestVersion, raiseVersion, versionSchema } from '#lib/registry/version.ts';

const part = fc.integer({ min: 0, max: 999_999_999 });
const version = fc.tuple(part, part, part, part).map(parts => parts.join('.'));
const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

const facts: VersionFacts = {
  artifact: { md5: 'm', sha256: digest('a'), bytes: 1, format: 'onnx' },
  task: 'regression',
  threshold: 0.5,
  interface: {
    inputs: [{ name: 'distance', type: 'float', shape: [-1, 1] }],
    outputs: [{ name: 'minutes', type: 'float', shape: [-1, 1] }],
  },
  method: { algorithm: 'linear@1', parameters: {} },
  lineage: {
    code: digest('c'),
    params: digest('d'),
    features: digest('e'),
    data: [{ path: 'data/x.csv', digest: digest('f'), contract: 'x', contractVersion: '1.4.0', rows: 9 }],
  },
};

function next(changed: Partial<VersionFacts>): string {
  return nextVersion({ version: '2.3.4.5', facts }, { ...facts, ...changed }).version;
}

function data(changed: Partial<VersionFacts['lineage']['data'][number]>): VersionFacts['lineage'] {
  return { ...facts.lineage, data: facts.lineage.data.map(one => ({ ...one, ...changed })) };
}

it('order is numeric, never textual', () => {
  expect(newestVersion(['1.9.0.0', '1.10.0.0', '1.10.0.9', '1.10.0.10', '0.99.99.99'])).toBe('1.10.0.10');
  fc.assert(
    fc.property(version, version, (a, b) => {
      const [left, right] = [a, b].map(one => one.split('.').map(Number));
      const expected = left
        ?.map((value, i) => value - (right?.[i] ?? 0))
        .find(difference => difference !== 0);
      expect(Math.sign(compareVersions(a, b))).toBe(Math.sign(expected ?? 0));
    }),
  );
});

it('raising a part makes a later version and sets the lower parts to 0', () => {
  expect(raiseVersion('2.3.4.5', 'major')).toBe('3.0.0.0');
  expect(raiseVersion('2.3.4.5', 'minor')).toBe('2.4.0.0');
  expect(raiseVersion('2.3.4.5', 'patch')).toBe('2.3.5.0');
  expect(raiseVersion('2.3.4.5', 'build')).toBe('2.3.4.6');
});

it.each([
  '1.2.3',
  '1.2.3.4.5',
  '01.2.3.4',
  '1.2.3.-4',
  '1.2.3.4 ',
  'v1.2.3.4',
  '1.2.3.4000000000',
  '1.2.3.٤',
])('%s is no version', text => expect(versionSchema.safeParse(text).success).toBe(false));

it('the first fact of the table that changed decides the part', () => {
  const wider = {
    ...facts.interface,
    inputs: [...facts.interface.inputs, { name: 'day', type: 'string', shape: [-1] }],
  };
  expect(next({ interface: wider, lineage: { ...facts.lineage, code: digest('0') } })).toBe('3.0.0.0');
  expect(next({ lineage: data({ contractVersion: '2.0.0' }) })).toBe('3.0.0.0');
  expect(next({ lineage: data({ contractVersion: '1.5.0', digest: digest('1') }) })).toBe('2.3.4.6');
  expect(next({ method: { algorithm: 'gradient-boosting@1', parameters: {} } })).toBe('2.4.0.0');
  expect(next({ lineage: { ...facts.lineage, features: digest('1') } })).toBe('2.4.0.0');
  expect(next({ lineage: { ...facts.lineage, params: digest('1') } })).toBe('2.3.5.0');
  expect(next({ lineage: { ...facts.lineage, code: digest('1') } })).toBe('2.3.5.0');
  expect(next({ threshold: 0.4 })).toBe('2.3.5.0');
  expect(next({ lineage: data({ digest: digest('1') }) })).toBe('2.3.4.6');
  expect(next({ artifact: { ...facts.artifact, sha256: digest('9') } })).toBe('2.3.4.6');
  expect(nextVersion(undefined, facts).version).toBe('1.0.0.0');
});
