// The rule of the data plane: who gets traffic now. Progress counts only while it is of the very intent on main, so a
// revert on main moves traffic by itself, before any machine has written anything.
import type { Intent } from '#lib/rollout/intent.ts';
import type { Progress } from '#lib/rollout/progress.ts';
import type { Shares } from '#lib/rollout/words.ts';

export interface Decision {
  /** Sums to 100, or is empty: then the server keeps what it served last. */
  readonly traffic: Shares;
  readonly mirror: Shares;
  /** One sentence for logs and people. */
  readonly why: string;
  readonly source: 'progress' | 'hold' | 'live before' | 'from' | 'none';
}

/** Decides from the intent on main and the progress in the state; only revisions of the intent ever get traffic. */
export function decideTraffic(intent: Intent, progress: Progress | undefined): Decision {
  if (!progress) return none('no rollout has accepted this file yet');
  const { version, from } = intent.rollout.spec;
  if (progress.spec.of === intent.digest) return obey(intent, progress);
  if (wasLive(intent, progress, version)) {
    return all(version, { source: 'live before', why: `${version} was fully live before` });
  }
  if (from !== null && wasLive(intent, progress, from)) {
    return all(from, {
      source: 'from',
      why: `no rollout has accepted ${version} yet, so ${from} keeps all traffic`,
    });
  }
  const names = from === null ? version : `${version} nor ${from}`;
  return none(`${from === null ? 'not' : 'neither'} ${names} was live with these bytes before`);
}

/** True when this revision of the intent, with its very bytes, is among the versions that were fully live lately. */
export function wasLive(intent: Intent, progress: Progress, version: string): boolean {
  const model = intent.rollout.spec.revisions[version]?.model;
  return progress.spec.live.some(live => live.version === version && live.model === model);
}

function obey(intent: Intent, { spec }: Progress): Decision {
  const { hold, traffic, mirror, step } = spec;
  const { revisions, plan } = intent.rollout.spec;
  const named = hold ? [hold.version] : [...Object.keys(traffic), ...Object.keys(mirror)];
  const stranger = named.find(version => !Object.hasOwn(revisions, version));
  if (stranger !== undefined) return none(`the progress names ${stranger}, which the rollout does not have`);
  if (hold) {
    const why = `${hold.by} aborted the rollout: ${hold.reason}`;
    return all(hold.version, { source: 'hold', why });
  }
  const why = spec.complete
    ? 'the rollout is complete'
    : `the rollout stands after step ${step} of ${plan?.steps.length ?? 0}`;
  return { traffic, mirror, why, source: 'progress' };
}

function all(version: string, { source, why }: Pick<Decision, 'source' | 'why'>): Decision {
  return { traffic: { [version]: 100 }, mirror: {}, why, source };
}

function none(why: string): Decision {
  return { traffic: {}, mirror: {}, why, source: 'none' };
}
