// What a promotion does to the bytes of files that people laid out in their own ways.
import { describe, expect, it } from 'vitest';
import { writePromotion } from '#lib/rollout/promotion.ts';
import { digestOf, file, place, problemsOf } from './rollouts.ts';

const revision = (version: string) => ({ [version]: { model: digestOf(version) } });
const second = {
  ...place,
  version: '1.1.0.0',
  from: '1.0.0.0',
  revisions: { ...revision('1.0.0.0'), ...revision('1.1.0.0') },
};
const third = {
  ...place,
  version: '1.2.0.0',
  from: '1.1.0.0',
  revisions: { ...revision('1.1.0.0'), ...revision('1.2.0.0') },
};
const HEAD = `apiVersion: mainline.dev/v1alpha1
kind: Rollout
metadata: {model: eta, environment: production}
`;
const [A, B, C] = ['1.0.0.0', '1.1.0.0', '1.2.0.0'].map(digestOf);

const commented = `# Ask @ann before you change the plan.
${HEAD}spec:   # what runs
    version:   "1.1.0.0"   # the second
    from: 1.0.0.0
    # raised by hand
    attempt: 3 # after the outage
    revisions:
      # the first one
      1.0.0.0:
          model:   ${A}   # from April
      # the second one
      1.1.0.0:
          model: '${B}'
      # both are in the registry
    plan: {steps: [ {setWeight: 5},
        {pause: {duration: 1h}} ]}   # short


    sticky:   {key: header:x-user-id}
# the end`;

describe('a promotion edits its own bytes only:', () => {
  it('comments, quotes, spaces, order and empty lines stay', () => {
    expect(writePromotion(commented, third)).toBe(`# Ask @ann before you change the plan.
${HEAD}spec:   # what runs
    version:   1.2.0.0   # the second
    from: 1.1.0.0
    # raised by hand
    attempt: 1 # after the outage
    revisions:
      # the first one
      # the second one
      1.1.0.0:
          model: '${B}'
      1.2.0.0:
          model: ${C}
      # both are in the registry
    plan: {steps: [ {setWeight: 5},
        {pause: {duration: 1h}} ]}   # short


    sticky:   {key: header:x-user-id}
# the end
`);
  });

  it('missing keys are put beside their neighbours, entries are laid out as those before', () => {
    const text = `${HEAD}spec:\n  version: 1.0.0.0 # one\n  revisions:\n    1.0.0.0: {model: "${A}"} # by ann\n`;
    const after = `${HEAD}spec:
  version: 1.1.0.0 # one
  from: 1.0.0.0
  revisions:
    1.0.0.0: {model: "${A}"} # by ann
    1.1.0.0: {model: ${B}}
`;
    expect(writePromotion(text, second)).toBe(after);
    expect(writePromotion(after, second)).toBe(
      after.replace('  from: 1.0.0.0\n', '  from: 1.0.0.0\n  attempt: 2\n'),
    );
  });

  it('a from without a value gets one, and back to nothing it says null', () => {
    const text = `${HEAD}spec:\n  from:\n  version: 1.0.0.0\n  revisions:\n    1.0.0.0:\n      model: ${A}\n`;
    const after = `${HEAD}spec:\n  from: 1.0.0.0\n  version: 1.1.0.0\n  revisions:\n    1.0.0.0:\n      model: ${A}\n    1.1.0.0:\n      model: ${B}\n`;
    expect(writePromotion(text, second)).toBe(after);
    expect(writePromotion(after, { ...second, from: null, revisions: revision('1.1.0.0') })).toBe(
      `${HEAD}spec:\n  from: null\n  attempt: 2\n  version: 1.1.0.0\n  revisions:\n    1.1.0.0:\n      model: ${B}\n`,
    );
  });

  it('a spec on one line stays on one line', () => {
    const text = `${HEAD}spec: {version: 1.0.0.0, revisions: {1.0.0.0: {model: ${A}}}} # short\n`;
    expect(writePromotion(text, second)).toBe(
      `${HEAD}spec: {version: 1.1.0.0, from: 1.0.0.0, revisions: {1.0.0.0: {model: ${A}}, 1.1.0.0: {model: ${B}}}} # short\n`,
    );
  });

  it('line ends of Windows stay', () => {
    const text = `${HEAD}spec:\n  version: 1.0.0.0\n  revisions:\n    1.0.0.0:\n      model: ${A}\n`;
    const after = writePromotion(text.replaceAll('\n', '\r\n'), second);
    expect(after).toBe(writePromotion(text, second).replaceAll('\n', '\r\n'));
  });

  it('when both versions are others, both entries are', () => {
    const text = writePromotion(
      `${HEAD}spec:\n  version: 1.0.0.0\n  revisions:\n    1.0.0.0: {model: ${A}} # a\n`,
      second,
    );
    const revisions = { ...revision('1.2.0.0'), ...revision('1.3.0.0') };
    expect(writePromotion(text, { ...place, version: '1.3.0.0', from: '1.2.0.0', revisions })).toBe(
      `${HEAD}spec:\n  version: 1.3.0.0\n  from: 1.2.0.0\n  revisions:\n    1.2.0.0: {model: ${C}}\n    1.3.0.0: {model: ${digestOf('1.3.0.0')}}\n`,
    );
  });

  it('another image of the same version replaces its entry', () => {
    const image = `acme/eta@${digestOf('image')}`;
    const text = `${HEAD}spec:\n  version: 1.0.0.0\n  revisions:\n    1.0.0.0:\n      model: ${A}\n`;
    const revisions = { '1.0.0.0': { model: A ?? '', image } };
    expect(writePromotion(text, { ...place, version: '1.0.0.0', from: null, revisions })).toBe(
      `${HEAD}spec:\n  version: 1.0.0.0\n  attempt: 2\n  revisions:\n    1.0.0.0:\n      model: ${A}\n      image: ${image}\n`,
    );
  });
});

it('a layout that cannot be edited in place is laid out anew, with its plan and comments', () => {
  const text = `${HEAD}spec:\n  # ours\n  version: &v 1.0.0.0\n  revisions:\n    ? 1.0.0.0\n    : model: ${A}\n  plan: {steps: [{pause: {}}]}\n`;
  const after = writePromotion(text, second);
  expect(after).toContain('# ours');
  expect(after).toContain('plan: {steps: [{pause: {}}]}');
  expect(after).toContain(`    1.1.0.0:\n      model: ${B}`);
});

describe('refused, and nothing written, is', () => {
  const text = `${HEAD}spec:\n  version: 1.0.0.0\n  attempt: &n 5\n  revisions:\n    1.0.0.0: {model: ${A}}\n  plan: {steps: [{setWeight: *n}]}\n`;

  it('a file in which one value stands for another', () => {
    expect(problemsOf(() => writePromotion(text, second))).toEqual([
      `${file} This file is laid out in a way that cannot be edited safely -> Write its values out without anchors and aliases.`,
    ]);
  });

  it('a promotion that does not pin what it names', () => {
    const [problem] = problemsOf(() => writePromotion(text, { ...second, revisions: revision('1.1.0.0') }));
    expect(problem).toContain('1.0.0.0 is not among the revisions');
  });

  it('a file that is wrong already', () => {
    const problems = problemsOf(() => writePromotion(text.replace('version', 'vresion'), second));
    expect(problems).toContain(`${file}:5:3 Unknown key "vresion" in spec -> Did you mean "version"?`);
  });
});
