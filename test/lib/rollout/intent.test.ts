import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readRollout, rolloutPath } from '#lib/rollout/intent.ts';
import { digestOf, file, intentOf, place, problemsOf, rolloutText } from './rollouts.ts';

const good = rolloutText({
  version: '1.3.0.2',
  from: '1.2.0.1',
  steps: '{mirror: 20}, {pause: {duration: 1h}}, {setWeight: 5}, {pause: {minSamples: 100}}, {setWeight: 50}',
});
const read = (text: string) => readRollout(text, { file, ...place });

describe('a rollout', () => {
  it('lies below its model, one file an environment', () => {
    expect(rolloutPath('eta', 'production')).toBe(file);
  });

  it('is read with its defaults', () => {
    expect(read(rolloutText({ version: '1.0.0.0' })).rollout.spec).toEqual({
      version: '1.0.0.0',
      from: null,
      attempt: 1,
      revisions: { '1.0.0.0': { model: digestOf('1.0.0.0') } },
      targets: [{ kind: 'embedded' }],
    });
  });

  it('is read with all it can say', () => {
    const image = `ghcr.io/acme/eta@${digestOf('image')}`;
    const text = `${good.replace(`"${digestOf('1.3.0.2')}"`, `"${digestOf('1.3.0.2')}", image: ${image}`)}
  judge: {guards: [{metric: error_rate, atMost: 0.01}, {metric: slow_rate, overMs: 100, atMost: 0.05}]}
  sticky: {key: header:x-user-id}
  targets: [{kind: embedded, url: "http://127.0.0.1:8080"}]
`;
    const { spec } = read(text).rollout;
    expect(spec.revisions['1.3.0.2']).toEqual({ model: digestOf('1.3.0.2'), image });
    expect(spec.plan?.steps[3]).toEqual({ pause: { minSamples: 100 } });
    expect(spec.judge?.guards[1]).toEqual({ metric: 'slow_rate', overMs: 100, atMost: 0.05 });
    expect(spec.sticky).toEqual({ key: 'header:x-user-id' });
    expect(spec.targets).toEqual([{ kind: 'embedded', url: 'http://127.0.0.1:8080' }]);
  });

  it('keeps its digest when comments, order or layout change, and loses it with any value', () => {
    const { digest } = intentOf({ version: '1.0.0.0' });
    const laidOut = `# why\nspec: {revisions: {1.0.0.0: {model: "${digestOf('1.0.0.0')}"}}, version: "1.0.0.0"}
kind: Rollout
metadata: {environment: production, model: eta}
apiVersion: mainline.dev/v1alpha1\n`;
    expect(read(laidOut).digest).toBe(digest);
    expect(intentOf({ version: '1.0.0.0', attempt: 2 }).digest).not.toBe(digest);
    expect(intentOf({ version: '1.0.0.0', attempt: 1 }).digest).not.toBe(digest);
  });

  it('has the digest of its spec as written, without defaults', () => {
    const json = `{"revisions":{"1.0.0.0":{"model":"${digestOf('1.0.0.0')}"}},"version":"1.0.0.0"}`;
    const hex = createHash('sha256').update(json).digest('hex');
    expect(intentOf({ version: '1.0.0.0' }).digest).toBe(`sha256:${hex}`);
  });

  it('has at most 100 steps', () => {
    const plan = (count: number) =>
      rolloutText({
        version: '2.0.0.0',
        from: '1.0.0.0',
        steps: Array.from({ length: count }, () => '{pause: {}}').join(', '),
      });
    expect(problemsOf(() => read(plan(100)))).toEqual([]);
    expect(problemsOf(() => read(plan(101)))).toEqual([
      `${file}:10:17 spec.plan.steps must be at most 100 entries long, found a list -> Correct the value.`,
    ]);
  });
});

const DIGEST = digestOf('1.3.0.2');
const LAST = `    1.3.0.2: {model: "${DIGEST}"}\n`;
const VERSION = 'write MAJOR.MINOR.PATCH.BUILD, such as 1.3.0.2';
const ONE = 'a step is exactly one of mirror, setWeight, pause -> Write each as a step of its own.';

describe('a rollout is refused with its line, its column and what to write instead, and nothing else:', () => {
  it.each([
    [
      'another model',
      'model: eta,',
      'model: tip,',
      '3:19 metadata.model is "tip", but the path says "eta" -> Write model: eta, or move the file.',
    ],
    [
      'another environment',
      'environment: production',
      'environment: staging',
      '3:37 metadata.environment is "staging", but the path says "production" -> Write environment: production, or move the file.',
    ],
    [
      'a from without revision',
      'from: 1.2.0.1',
      'from: 1.2.0.2',
      '6:9 spec.from is not valid: 1.2.0.2 is not among the revisions -> Add 1.2.0.2 with its digest to spec.revisions.',
    ],
    [
      'a version without revision',
      'version: 1.3.0.2',
      'version: 1.3.0.3',
      '5:12 spec.version is not valid: 1.3.0.3 is not among the revisions -> Add 1.3.0.3 with its digest to spec.revisions.',
    ],
    [
      'the version as from',
      'from: 1.2.0.1',
      'from: 1.3.0.2',
      '6:9 spec.from is not valid: version and from are both 1.3.0.2 -> Name the version that served before, or remove from.',
    ],
    [
      'a revision that is neither',
      LAST,
      `${LAST}    1.1.0.0: {model: "${DIGEST}"}\n`,
      '10:14 spec.revisions.1.1.0.0 is not valid: 1.1.0.0 is neither version nor from -> Remove it: nothing else may get traffic.',
    ],
    [
      'three numbers',
      'version: 1.3.0.2',
      'version: 1.3.0',
      `5:12 spec.version has the wrong form: ${VERSION}, found "1.3.0" -> Correct the value.`,
    ],
    [
      'a leading zero',
      'version: 1.3.0.2',
      'version: 1.03.0.2',
      `5:12 spec.version has the wrong form: ${VERSION}, found "1.03.0.2" -> Correct the value.`,
    ],
    [
      'a short digest',
      DIGEST,
      DIGEST.slice(0, -1),
      '9:22 spec.revisions.1.3.0.2.model has the wrong form: write sha256: and 64 hex digits, found',
    ],
    [
      'a weight over 100',
      'setWeight: 50',
      'setWeight: 101',
      '10:113 spec.plan.steps[4].setWeight must be at most 100, found 101 -> Correct the value.',
    ],
    [
      'a weight below 0',
      'setWeight: 5}',
      'setWeight: -5}',
      '10:69 spec.plan.steps[2].setWeight must be at least 0, found -5 -> Correct the value.',
    ],
    [
      'half a percent',
      'setWeight: 5}',
      'setWeight: 5.5}',
      '10:69 spec.plan.steps[2].setWeight must be a whole number, found 5.5 -> Correct the value.',
    ],
    [
      'a mirror over 100',
      'mirror: 20',
      'mirror: 120',
      '10:27 spec.plan.steps[0].mirror must be at most 100, found 120 -> Correct the value.',
    ],
    [
      'a plan that goes backwards',
      'setWeight: 50',
      'setWeight: 4',
      '10:113 spec.plan.steps[4].setWeight is not valid: weights must rise, 4 comes after 5 -> Write more than 5, or remove the step.',
    ],
    [
      'a plan that stands still',
      'setWeight: 50',
      'setWeight: 5',
      '10:113 spec.plan.steps[4].setWeight is not valid: weights must rise, 5 comes after 5 -> Write more than 5, or remove the step.',
    ],
    ['a step that is nothing', '{mirror: 20}', '{}', `10:18 spec.plan.steps[0] is not valid: ${ONE}`],
    [
      'two steps in one',
      '{mirror: 20}',
      '{mirror: 20, setWeight: 1}',
      `10:18 spec.plan.steps[0] is not valid: ${ONE}`,
    ],
    [
      'an unknown step',
      'setWeight: 50',
      'setWieght: 50',
      '10:102 Unknown key "setWieght" in spec.plan.steps[4] -> Did you mean "setWeight"?',
    ],
    [
      'an unknown duration',
      'duration: 1h',
      'duration: 1y',
      '10:51 spec.plan.steps[1].pause.duration has the wrong form: write seconds, or a number with s, m, h or d such as 10m, found "1y" -> Correct the value.',
    ],
    [
      'an unknown key',
      '  from:',
      '  form: 1\n  from:',
      '6:3 Unknown key "form" in spec -> Did you mean "from"?',
    ],
    [
      'an image by tag',
      `"${DIGEST}"}`,
      `"${DIGEST}", image: acme/eta:1}`,
      '9:104 spec.revisions.1.3.0.2.image has the wrong form: pin the image by digest',
    ],
    [
      'slow_rate without its limit in time',
      '  from:',
      '  judge: {guards: [{metric: slow_rate, atMost: 0.1}]}\n  from:',
      '6:20 spec.judge.guards[0].overMs is not valid: slow_rate needs overMs, error_rate has none',
    ],
    [
      'a sticky key of no header',
      '  from:',
      '  sticky: {key: x-user}\n  from:',
      '6:17 spec.sticky.key has the wrong form: write header: and the name of a header',
    ],
    [
      'a target with a password',
      '  from:',
      '  targets: [{kind: embedded, url: "http://a:b@c"}]\n  from:',
      '6:35 spec.targets[0].url has the wrong form: write no password into the address',
    ],
    [
      'another kind of target',
      '  from:',
      '  targets: [{kind: embeded}]\n  from:',
      '6:20 spec.targets[0].kind must be "embedded", found "embeded" -> Did you mean "embedded"?',
    ],
  ])('%s', (_, wanted, instead, problem) => {
    expect(good).toContain(wanted);
    const problems = problemsOf(() => read(good.replace(wanted, instead)));
    expect(problems[0]).toContain(`${file}:${problem}`);
    // A version that is renamed leaves its revision behind, which is told too.
    expect(problems.slice(1).filter(text => !text.includes('is neither version nor from'))).toEqual([]);
  });
});
