import { expect, it } from 'vitest';
import { readRollout } from '#lib/rollout/intent.ts';
import { writePromotion } from '#lib/rollout/promotion.ts';
import { digestOf, file, place } from './sample.ts';

const revisions = (...versions: readonly string[]) =>
  Object.fromEntries(versions.map(version => [version, { model: digestOf(version) }]));

const commented = `# Ours; ask @acme/post before you touch the plan.
apiVersion: mainline.dev/v1alpha1
kind: Rollout
metadata: {model: parcels, environment: production} # where
spec:
  version: 1.0.0.0 # the good old one
  attempt: 1
  revisions:
    1.0.0.0: {model: "${digestOf('1.0.0.0')}"}

  # Slowly, since parcels are heavy.
  plan:
    steps:
      - {setWeight: 10} # a tenth
      - pause: {duration: 1h}
  sticky: {key: "header:x-user"}   # odd   spacing
`;

it('the first promotion makes a file that explains itself and has no plan', () => {
  const text = writePromotion(undefined, {
    ...place,
    version: '1.0.0.0',
    from: null,
    revisions: revisions('1.0.0.0'),
  });
  expect(text.startsWith('# Which version of parcels answers in production.')).toBe(true);
  const { spec } = readRollout(text, { file, ...place }).rollout;
  expect(spec).toMatchObject({ version: '1.0.0.0', from: null, attempt: 1 });
  expect(spec.plan).toBeUndefined();
});

it('a promotion edits version, from and revisions, and leaves every other byte', () => {
  const text = writePromotion(commented, {
    ...place,
    version: '1.1.0.0',
    from: '1.0.0.0',
    revisions: revisions('1.0.0.0', '1.1.0.0'),
  });
  const lines = (one: string) => one.split('\n');
  const kept = lines(commented).filter(line => !/version:|1\.0\.0\.0:/u.test(line));
  expect(lines(text)).toEqual(expect.arrayContaining(kept));
  expect(text).toContain('version: 1.1.0.0 # the good old one');
  const { spec } = readRollout(text, { file, ...place }).rollout;
  expect(spec).toMatchObject({
    version: '1.1.0.0',
    from: '1.0.0.0',
    revisions: revisions('1.0.0.0', '1.1.0.0'),
  });
  expect(spec.plan?.steps).toHaveLength(2);
  expect(text.slice(text.indexOf('  # Slowly'))).toBe(commented.slice(commented.indexOf('  # Slowly')));
});

it('the same version again is the next attempt, another one begins at 1', () => {
  const promote = (text: string, version: string, from: string) =>
    writePromotion(text, { ...place, version, from, revisions: revisions(from, version) });
  const once = promote(commented, '1.1.0.0', '1.0.0.0');
  const twice = promote(once, '1.1.0.0', '1.0.0.0');
  expect(readRollout(twice, { file, ...place }).rollout.spec.attempt).toBe(2);
  expect(readRollout(promote(twice, '1.2.0.0', '1.0.0.0'), { file, ...place }).rollout.spec.attempt).toBe(1);
});

it('a file of another model is refused, not overwritten', () => {
  const other = commented.replace('model: parcels', 'model: letters');
  const write = () =>
    writePromotion(other, { ...place, version: '1.1.0.0', from: null, revisions: revisions('1.1.0.0') });
  expect(write).toThrow('metadata.model is "letters"');
});
