// What a job that moves versions or traffic shows on its page: one row a model, and what waits for whom.
import type { Moved } from '#lib/flows/advance-all.ts';
import type { Released } from '#lib/flows/release.ts';
import type { RolledOut } from '#lib/flows/rollout.ts';
import type { Block } from '#lib/reports/blocks.ts';
import type { Progress } from '#lib/rollout/progress.ts';

/** One row, whatever moved. */
export interface Row {
  readonly what: string;
  readonly outcome: string;
  /** One line. */
  readonly says: string;
}

export function describeReleased(result: Released): Row {
  const { model, outcome } = result;
  if (outcome === 'not trained') return { what: model, outcome, says: result.why };
  if (outcome === 'refused') return { what: model, outcome, says: result.proposal.verdict.reasons.join(' ') };
  const { metadata, spec } = result.record;
  const { promotion } = result;
  const next =
    'pull' in promotion
      ? `next: pull request #${promotion.pull.number} (${promotion.pull.state})`
      : `no promotion to ${promotion.environment}: ${promotion.why}`;
  return { what: `${model} ${metadata.version}`, outcome, says: `${spec.because}; ${next}` };
}

export function describeRolledOut(result: RolledOut): Row {
  const { model, environment, outcome, why } = result;
  const standing = outcome === 'refused' ? why : `${describeTraffic(result.progress)}; ${why}`;
  return { what: `${model} in ${environment}`, outcome, says: standing };
}

export function describeMoved(result: Moved): Row {
  const { model, environment, outcome } = result;
  const says = outcome === 'advanced' ? describeTraffic(result.progress) : result.why;
  return { what: `${model} in ${environment}`, outcome, says: says.replaceAll('\n', '; ') };
}

function describeTraffic({ spec }: Progress): string {
  const shares = (all: Readonly<Record<string, number>>): string =>
    Object.entries(all)
      .map(([version, percent]) => `${version} ${percent} %`)
      .join(', ');
  const copies = Object.keys(spec.mirror).length > 0 ? `, copies ${shares(spec.mirror)}` : '';
  return `${shares(spec.traffic)}${copies}${spec.complete ? ', complete' : ''}${spec.hold ? ', held' : ''}`;
}

/** The page of the job. */
export function reportRows(title: string, rows: readonly Row[]): readonly Block[] {
  if (rows.length === 0) return [];
  return [
    { kind: 'heading', level: 1, text: title },
    {
      kind: 'table',
      columns: [{ header: 'What' }, { header: 'Outcome' }, { header: '' }],
      rows: rows.map(({ what, outcome, says }) => ({ cells: [what, outcome, says] })),
    },
  ];
}

/** Of a job that must not look green: every row that was refused. */
export function refusalsOf(rows: readonly Row[]): string | undefined {
  const refused = rows.filter(({ outcome }) => outcome === 'refused');
  return refused.length === 0 ? undefined : refused.map(({ what, says }) => `${what}: ${says}`).join('\n');
}
