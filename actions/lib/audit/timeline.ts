// Who served when, from git alone: both histories are merged by instant and the rule of the data plane is applied to
// each state, as the servers did. It tells what main and the state branch asked for; a server follows within its poll.

import { canonicalJson } from '#lib/documents/canonical.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { type Intent, type Place, readRollout, rolloutPath } from '#lib/rollout/intent.ts';
import { type Progress, progressPath, readProgress } from '#lib/rollout/progress.ts';
import { type Decision, decideTraffic } from '#lib/rollout/traffic.ts';
import type { Shares } from '#lib/rollout/words.ts';

/** A commit of main that touched the rollout; text is null where it removed the file. */
export interface IntentCommit {
  /** ISO 8601 with an offset, as `git log --format=%cI` gives it. */
  readonly at: string;
  readonly commit: string;
  readonly by: string;
  readonly text: string | null;
}

/** A commit of the state branch that touched the progress. */
export interface ProgressCommit {
  readonly at: string;
  readonly text: string | null;
}

/** A stretch of time in which nothing changed. */
export interface Span {
  /** UTC. */
  readonly from: string;
  /** The first instant after it; null for the present. */
  readonly to: string | null;
  /** Sums to 100, or is empty when nothing was served. */
  readonly traffic: Shares;
  /** Digest of each version in the traffic. */
  readonly models: Readonly<Record<string, string>>;
  /** The commit of main in force, and who made it. */
  readonly commit: string | null;
  readonly by: string | null;
  readonly why: string;
  /** `none`: neither file decided, and the servers kept what they had. */
  readonly source: Decision['source'];
}

type Read<Value> = { readonly value: Value | undefined } | { readonly refused: string };

interface State {
  readonly intent: Read<Intent>;
  readonly progress: Read<Progress>;
  readonly commit: string | null;
  readonly by: string | null;
  readonly span: Omit<Span, 'from' | 'to'>;
}

interface Event {
  readonly at: number;
  readonly apply: (state: State) => State;
}

/**
 * The spans of one model in one environment, oldest first and without gaps. Both histories are oldest first; where a
 * clock went back the order of the history counts. Of several commits in one second the last state counts.
 */
export function timeline(
  intents: readonly IntentCommit[],
  progresses: readonly ProgressCommit[],
  { model, environment }: Place,
): readonly Span[] {
  const place = { model, environment };
  const events = [
    ...inOrder(intents, ({ commit, by, text }) => {
      const intent = attempt(text, one =>
        readRollout(one, { ...place, file: rolloutPath(model, environment) }),
      );
      return state => ({ ...state, intent, commit, by });
    }),
    ...inOrder(progresses, ({ text }) => {
      const progress = attempt(text, one => readProgress(one, progressPath(model, environment), place));
      return state => ({ ...state, progress });
    }),
  ].toSorted((a, b) => a.at - b.at);
  let state = NOTHING;
  const states = events.map(({ at, apply }) => {
    state = decide(apply(state));
    return { at, span: state.span };
  });
  return toSpans(states);
}

/** The span that holds an instant (ISO 8601 with an offset, or a day: its first instant in UTC). */
export function whoWasProduction(spans: readonly Span[], at: string): Span | undefined {
  const instant = parseInstant(at);
  return spans.find(
    ({ from, to }) => parseInstant(from) <= instant && (to === null || instant < parseInstant(to)),
  );
}

const NOTHING: State = {
  intent: { value: undefined },
  progress: { value: undefined },
  commit: null,
  by: null,
  span: { traffic: {}, models: {}, commit: null, by: null, why: 'main has no rollout here', source: 'none' },
};

function decide(state: State): State {
  const { intent, progress, commit, by, span } = state;
  const keep = (why: string) => ({ ...state, span: { ...span, commit, by, why, source: 'none' as const } });
  if ('refused' in intent) return keep(`the rollout on main was refused: ${intent.refused}`);
  if (!intent.value) return { ...state, span: { ...NOTHING.span, commit, by } };
  if ('refused' in progress) return keep(`the progress was refused: ${progress.refused}`);
  const { traffic, why, source } = decideTraffic(intent.value, progress.value);
  if (source === 'none') return keep(why);
  const { revisions } = intent.value.rollout.spec;
  const models = Object.fromEntries(
    Object.keys(traffic).map(version => [version, revisions[version]?.model ?? '']),
  );
  return { ...state, span: { traffic, models, commit, by, why, source } };
}

function toSpans(states: readonly { readonly at: number; readonly span: State['span'] }[]): readonly Span[] {
  const lasting = states.filter(({ at }, index) => states[index + 1]?.at !== at);
  const changes = lasting.filter(
    ({ span }, index) => canonicalJson(span) !== canonicalJson(lasting[index - 1]?.span),
  );
  return changes.map(({ at, span }, index) => {
    const next = changes[index + 1];
    return { from: formatInstant(at), to: next ? formatInstant(next.at) : null, ...span };
  });
}

function inOrder<Commit extends { readonly at: string }>(
  commits: readonly Commit[],
  toApply: (commit: Commit) => Event['apply'],
): readonly Event[] {
  let latest = Number.NEGATIVE_INFINITY;
  return commits.map(commit => {
    latest = Math.max(latest, parseInstant(commit.at));
    return { at: latest, apply: toApply(commit) };
  });
}

function attempt<Value>(text: string | null, read: (text: string) => Value): Read<Value> {
  if (text === null) return { value: undefined };
  try {
    return { value: read(text) };
  } catch (error) {
    if (error instanceof ConfigurationError) return { refused: error.message.replaceAll('\n', '; ') };
    throw error;
  }
}

function parseInstant(text: string): number {
  const isClear = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/u.test(text);
  const instant = isClear ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(instant)) return instant;
  throw new ConfigurationError(`"${text}" is no instant`, {
    remedy: 'Write a day such as 2026-11-21, or an instant such as 2026-11-21T02:00:00Z.',
  });
}

function formatInstant(at: number): string {
  return new Date(at).toISOString().replace('.000Z', 'Z');
}
