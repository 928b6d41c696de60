// The one edit a promotion is. The file is people's own: their comments, plan, judge, sticky and targets stay byte for
// byte; an unusual layout (anchors, explicit keys) is edited through the YAML tree, which may lay it out anew.
import { parseDocument } from 'yaml';
import { canonicalJson } from '#lib/documents/canonical.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { setRevisions, setSpecValue } from '#lib/rollout/edit-spec.ts';
import { type Place, type Revision, type Rollout, readRollout, rolloutPath } from '#lib/rollout/intent.ts';

export interface Promotion extends Place {
  readonly version: string;
  /** The version that is live; null for the first promotion. */
  readonly from: string | null;
  /** Of version and from, nothing else. */
  readonly revisions: Readonly<Record<string, Revision>>;
}

type Spec = Rollout['spec'];
type Target = Pick<Spec, 'version' | 'from' | 'attempt' | 'revisions'>;

/**
 * The rollout file after a promotion, from the one before (undefined when there is none). The attempt is 1, or one more
 * when the version stays the same.
 * @throws ConfigurationErrors when the file before or after is not a valid rollout of this model and environment.
 */
export function writePromotion(text: string | undefined, promotion: Promotion): string {
  const { model, environment, version, from, revisions } = promotion;
  const read = (one: string) =>
    readRollout(one, { file: rolloutPath(model, environment), model, environment });
  if (text === undefined) return read(create(promotion)).text;
  const before = read(text).rollout.spec;
  const attempt = before.version === version ? before.attempt + 1 : 1;
  const wanted = canonicalJson({ ...before, version, from, attempt, revisions });
  const target: Target = { version, from, attempt, revisions };
  for (const edit of [editText, editTree]) {
    const edited = edit(text, target);
    if (isRollout(edited, promotion, wanted)) return edited;
  }
  read(editTree(text, target));
  throw new ConfigurationError('This file is laid out in a way that cannot be edited safely', {
    at: { file: rolloutPath(model, environment) },
    remedy: 'Write its values out without anchors and aliases.',
  });
}

function isRollout(text: string, { model, environment }: Place, wanted: string): boolean {
  try {
    const { rollout } = readRollout(text, { file: rolloutPath(model, environment), model, environment });
    return canonicalJson(rollout.spec) === wanted;
  } catch (error) {
    if (error instanceof ConfigurationError) return false;
    throw error;
  }
}

function editText(text: string, { version, from, attempt, revisions }: Target): string {
  const whole = text.endsWith('\n') ? text : `${text}\n`;
  const { spec } = parseDocument(whole).toJS() as { readonly spec: Readonly<Record<string, unknown>> };
  const needsFrom = from !== null || 'from' in spec;
  const needsAttempt = attempt !== 1 || 'attempt' in spec;
  const edits: readonly ((text: string) => string)[] = [
    one => setSpecValue(one, 'version', { value: version, after: 'version' }),
    one => (needsFrom ? setSpecValue(one, 'from', { value: from, after: 'version' }) : one),
    one =>
      needsAttempt
        ? setSpecValue(one, 'attempt', { value: attempt, after: needsFrom ? 'from' : 'version' })
        : one,
    one => setRevisions(one, revisions),
  ];
  return edits.reduce((edited, edit) => edit(edited), whole);
}

function editTree(text: string, target: Target): string {
  const document = parseDocument(text);
  for (const [key, value] of Object.entries(target)) document.setIn(['spec', key], value);
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function create({ model, environment, version, from, revisions }: Promotion): string {
  const members = (revision: Revision) =>
    Object.entries(revision).map(([key, value]) => `      ${key}: ${value}\n`);
  const entries = Object.entries(revisions).map(
    ([name, revision]) => `    ${name}:\n${members(revision).join('')}`,
  );
  return `# Which version of ${model} answers in ${environment}. One commit here is one promotion, its git revert the rollback.
apiVersion: mainline.dev/v1alpha1
kind: Rollout
metadata:
  model: ${model}
  environment: ${environment}
spec:
  # Where we want to be, and from the second promotion on where we come from.
  version: ${version}
${from === null ? '' : `  from: ${from}\n`}  # The very bytes of both. mainline promote writes them.
  revisions:
${entries.join('')}  # Without a plan all traffic moves at once, as the first promotion has to. For the next ones, such as:
  # plan:
  #   steps:
  #     - setWeight: 10
  #     - pause: {duration: 10m, minSamples: 1000}
  #     - setWeight: 50
  #     - pause: {} # until a person says mainline advance
  # judge:
  #   guards:
  #     - {metric: error_rate, atMost: 0.01}
  #     - {metric: slow_rate, overMs: 100, atMost: 0.05}
`;
}
