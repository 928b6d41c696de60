// What can happen to a pull request that asks for approval, at random.
import fc from 'fast-check';

export const people = ['ann', 'ben', 'cat', 'dan'] as const;
export const opener = 'dan';
/** Wrote part of what changed since the live version, before this pull request. */
export const liveAuthor = 'cat';
export const bot = 'robo';

/** Name to content. */
export type Tree = Readonly<Record<string, string>>;

export const baseTree: Tree = {
  'models/m/model.yaml': 'm',
  'models/m/rollout/production.yaml': 'p',
  'models/n/model.yaml': 'n',
  'docs/a.md': 'a',
  'docs/deep/b.md': 'b',
  '.github/CODEOWNERS': 'base',
};
const names = [...Object.keys(baseTree), 'models/m/new.yaml', 'docs/new.md'];

/** Lines of CODEOWNERS; each with an expression that says in another way what its pattern covers. */
export const lines: readonly { readonly text: string; readonly covers: RegExp; readonly owners: string[] }[] =
  [
    { text: '* @ann @ben', covers: /./u, owners: ['ann', 'ben'] },
    { text: '* @Org/Team', covers: /./u, owners: ['team'] },
    { text: '/models/ @org/team @cat', covers: /^models\//u, owners: ['team', 'cat'] },
    { text: '/models/m/\t@Ann # ours', covers: /^models\/m\//u, owners: ['ann'] },
    { text: 'models/**/rollout @ben @dan', covers: /^models\/(.+\/)?rollout(\/|$)/u, owners: ['ben', 'dan'] },
    { text: '/models/n/', covers: /^models\/n\//u, owners: [] },
    { text: '*.md @ann @dan', covers: /\.md$/u, owners: ['ann', 'dan'] },
    { text: 'docs/*', covers: /^docs\/[^/]*$/u, owners: [] },
    { text: '.github/ @org/team', covers: /^\.github\//u, owners: ['team'] },
    { text: '!docs/ @dan', covers: /^$/u, owners: [] },
    { text: '* nobody', covers: /^$/u, owners: [] },
  ];

const person = fc.constantFrom(...people);
const reviewer = fc.oneof(
  { weight: 9, arbitrary: person },
  { weight: 1, arbitrary: fc.constantFrom(bot, null) },
);
const content = fc.constantFrom('1', '2', 'm', 'p');
const stated = fc.constantFrom('APPROVED', 'APPROVED', 'APPROVED', 'CHANGES_REQUESTED', 'COMMENTED');
const asked = {
  review: fc.record({ kind: fc.constant('review' as const), who: reviewer, state: stated, back: fc.nat(6) }),
  push: fc.record({
    kind: fc.constant('push' as const),
    who: person,
    with: fc.option(person, { freq: 2 }),
    name: fc.constantFrom(...names),
    content: fc.option(content, { freq: 5 }),
  }),
  rename: fc.record({
    kind: fc.constant('rename' as const),
    who: person,
    from: fc.constantFrom(...names),
    to: fc.constantFrom(...names),
  }),
  force: fc.record({
    kind: fc.constant('force' as const),
    who: person,
    drop: fc.nat(2),
    isRewritten: fc.boolean(),
    isForgotten: fc.boolean(),
  }),
  dismiss: fc.record({ kind: fc.constant('dismiss' as const), at: fc.nat(5) }),
  owners: fc.record({ kind: fc.constant('owners' as const), lines: fc.array(fc.nat(lines.length - 1)) }),
  team: fc.record({
    kind: fc.constant('team' as const),
    who: person,
    as: fc.constantFrom('member', 'pending', 'both', 'out'),
  }),
  hide: fc.record({ kind: fc.constant('hide' as const), isHidden: fc.boolean() }),
  writer: fc.record({ kind: fc.constant('writer' as const), who: person, mayWrite: fc.boolean() }),
};

/** One thing that happens. */
export const event = fc.oneof(
  { weight: 8, arbitrary: asked.review },
  { weight: 3, arbitrary: asked.push },
  { weight: 1, arbitrary: asked.rename },
  { weight: 1, arbitrary: asked.force },
  { weight: 1, arbitrary: asked.dismiss },
  { weight: 1, arbitrary: asked.owners },
  { weight: 1, arbitrary: asked.team },
  { weight: 1, arbitrary: asked.hide },
  { weight: 1, arbitrary: asked.writer },
);
type Generated<Source> = Source extends fc.Arbitrary<infer Value> ? Value : never;
export type Event = Generated<typeof event>;
