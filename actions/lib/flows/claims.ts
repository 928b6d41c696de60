// Where a proposal said something else than what was found, and what it changes of the rules it is judged by.
import { digestValue } from '#lib/documents/canonical.ts';
import { formatNumber } from '#lib/evaluation/format.ts';
import { CONTEXTS_PATH } from '#lib/flows/judging/side-files.ts';
import { conditionOf } from '#lib/gates/gates.ts';
import { gatesOf } from '#lib/gates/profiles.ts';
import type { Evidence } from '#lib/registry/evidence.ts';
import { type Model, measuredWith } from '#lib/registry/model.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import type { Difference } from '#lib/registry/verification.ts';

/** Sums in another order end in other last digits; evidence is rounded to six significant ones. */
const TOLERANCE = 2e-6;

/** What was claimed and not found; numbers are held against each other only where the rows are the same. */
export function findDifferences(
  { evidence: claim, verdict, model }: Proposal,
  found: Evidence,
  artifact: string,
): readonly Difference[] {
  const differences: Difference[] = [];
  const compare = (what: string, claimed: string, actual: string): void => {
    if (claimed !== actual) differences.push({ what, claimed, found: actual });
  };
  if (!claim) return [];
  compare('model file', claim.inputs.artifact, artifact);
  compare('model', claim.model, model.metadata.name);
  if (claim.inputs.testRows === found.inputs.testRows) {
    for (const metric of found.evaluation.metrics) {
      const other = claim.evaluation.metrics.find(one => one.metric === metric.metric);
      if (isClose(other?.value ?? null, metric.value)) continue;
      const [claimed, actual] = [other?.value ?? null, metric.value].map(value =>
        formatNumber(value, metric.unit),
      );
      // What reads the same in few digits is told in all of them.
      if (claimed === actual) compare(metric.metric, String(other?.value ?? 'nothing'), String(metric.value));
      else compare(metric.metric, other ? `${claimed}` : 'nothing', `${actual}`);
    }
  }
  const standing = (stands: boolean): string => (stands ? 'stands' : 'does not stand');
  compare('verdict', standing(verdict.slo_compliant), standing(found.verdict.slo_compliant));
  return differences;
}

function isClose(a: number | null, b: number | null): boolean {
  if (a === null || b === null) return a === b;
  return Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b), 1e-9);
}

/** The threshold is the proposal's to choose: it is part of how its model answers. */
function measured({ spec }: Model) {
  return { ...measuredWith(spec), threshold: undefined };
}

/** The proposal's changes of its own gates, evaluation or test rows, in words; empty = it is judged by what it found. */
export function findOwnJudging(
  before: Model,
  { model, evidence }: Proposal,
  found: Evidence,
): readonly string[] {
  const old = new Map(gatesOf(before.spec).map(gate => [conditionOf(gate).id, gate]));
  const now = new Map(gatesOf(model.spec).map(gate => [conditionOf(gate).id, gate]));
  const severed = [...now].filter(([id, gate]) => old.has(id) && old.get(id)?.severity !== gate.severity);
  const parts: readonly (readonly [string, unknown, unknown])[] = [
    ['the metric that decides', before.spec.evaluation.primary, model.spec.evaluation.primary],
    ['the unit', before.spec.evaluation.unit ?? null, model.spec.evaluation.unit ?? null],
    ['the training rows', before.spec.evaluation.trainingRows, model.spec.evaluation.trainingRows],
    ['the target', before.spec.evaluation.target, model.spec.evaluation.target],
    ['what the metrics are measured with', measured(before), measured(model)],
    ['the slices', before.spec.evaluation.slices, model.spec.evaluation.slices],
    [
      'the groups of fairness',
      before.spec.evaluation.fairness ?? null,
      model.spec.evaluation.fairness ?? null,
    ],
    ['the business metrics', before.spec.evaluation.business, model.spec.evaluation.business],
    [
      'the rule of the threshold',
      before.spec.evaluation.thresholdRule ?? null,
      model.spec.evaluation.thresholdRule ?? null,
    ],
    ['the column that says when', before.spec.evaluation.time ?? null, model.spec.evaluation.time ?? null],
    ['where the test rows come from', before.spec.evaluation.rows, model.spec.evaluation.rows],
    ['the pinned baseline', before.spec.baseline ?? null, model.spec.baseline ?? null],
  ];
  const overridden = ({ verdict }: Pick<Evidence, 'verdict'>): readonly string[] =>
    verdict.gates.filter(({ override }) => override !== undefined).map(({ id }) => id);
  const known = new Set(overridden(found));
  const own = evidence ? overridden(evidence).filter(id => !known.has(id)) : [];
  return [
    ...own.map(id => `an override lets it through the gate "${id}", and main has not accepted it`),
    ...[...old.keys()].filter(id => !now.has(id)).map(id => `the gate "${id}" is taken away`),
    ...[...now.keys()].filter(id => !old.has(id)).map(id => `the gate "${id}" is new`),
    ...severed.map(([id, gate]) => `the gate "${id}" now has the severity ${gate.severity}`),
    ...parts.filter(([, a, b]) => digestValue(a) !== digestValue(b)).map(([what]) => `${what} changed`),
    ...(evidence ? changedFiles(evidence, found) : []),
    ...(evidence && evidence.inputs.testRows !== found.inputs.testRows ? ['the test rows changed'] : []),
  ];
}

/** Files that decide something, such as behaviour tests; overrides are told by their gates, and a card judges nobody. */
function changedFiles({ inputs: claimed }: Evidence, { inputs: found }: Evidence): readonly string[] {
  const digestOf = (files: Evidence['inputs']['others'], path: string): string | undefined =>
    files.find(file => file.path === path)?.sha256;
  const paths = [...new Set([...claimed.others, ...found.others].map(({ path }) => path))];
  return paths
    .filter(path => path.endsWith('/behaviour.yaml') || path === CONTEXTS_PATH)
    .filter(path => digestOf(claimed.others, path) !== digestOf(found.others, path))
    .map(path => `${path} changed`);
}
