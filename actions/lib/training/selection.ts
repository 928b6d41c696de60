// Which algorithm is proposed: the best by cross-validation among those that keep the gates there; ties: the smaller.
// Nothing measured in time takes part, so every machine selects the same one.
import { z } from 'zod';
import { compareText } from '#lib/documents/canonical.ts';

export const scoreSchema = z.strictObject({
  metric: z.string(),
  unit: z.string(),
  better: z.enum(['lower', 'higher']),
  value: z.number().nullable(),
  ci95: z.tuple([z.number(), z.number()]).nullable(),
});

/** One trained algorithm with its cross-validated metrics; it never touched the test rows. */
export const candidateSchema = z.strictObject({
  algorithm: z.string(),
  version: z.number(),
  parameters: z.record(z.string(), z.unknown()),
  artifact: z.strictObject({
    path: z.string().regex(/^[\w-]+\/[\w.-]+\.onnx$/, 'write folder/name.onnx'),
    sha256: z.string(),
    bytes: z.number(),
  }),
  /** Over all training rows, each predicted by a model that did not see its fold. */
  scores: z.array(scoreSchema).readonly(),
  importance: z.array(z.strictObject({ feature: z.string(), share: z.number() })).readonly(),
});

export const crossValidationSchema = z.strictObject({
  rows: z.number(),
  folds: z.number(),
  seed: z.number(),
  features: z.array(z.string()).readonly(),
  trivial: z.array(scoreSchema).readonly(),
  candidates: z.array(candidateSchema).min(1).readonly(),
});

export const selectionSchema = z.strictObject({
  primary: z.string(),
  selected: z.string(),
  backup: z.string().nullable(),
  why: z.string(),
  /** Best first. */
  standings: z
    .array(
      z.strictObject({
        algorithm: z.string(),
        role: z.enum(['selected', 'backup', 'passed', 'rejected']),
        reason: z.string(),
      }),
    )
    .readonly(),
});

export type Candidate = Readonly<z.output<typeof candidateSchema>>;
export type CrossValidation = Readonly<z.output<typeof crossValidationSchema>>;
export type Selection = Readonly<z.output<typeof selectionSchema>>;

/** The reason of an algorithm that misses no gate. */
export const KEEPS = 'keeps the gates in cross-validation';

/** A gate that can be judged inside the training rows. */
export interface Bound {
  readonly metric: string;
  readonly atMost?: number | undefined;
  readonly atLeast?: number | undefined;
  readonly betterThanTrivial?: boolean | undefined;
}

interface SelectOptions {
  readonly primary: string;
  /** "best" or the name of one algorithm. */
  readonly select: string;
  readonly bounds: readonly Bound[];
}

interface Ranked {
  readonly candidate: Candidate;
  readonly misses: readonly string[];
}

/** Ranks the candidates and names the selected one and the backup. */
export function selectAlgorithm(validation: CrossValidation, options: SelectOptions): Selection {
  const { primary, select, bounds } = options;
  const ranked = validation.candidates
    .map(candidate => ({
      candidate,
      misses: bounds.flatMap(bound => findMiss(bound, candidate, validation)),
    }))
    .toSorted((a, b) => Number(a.misses.length > 0) - Number(b.misses.length > 0) || rank(a, b, primary));
  const selected =
    ranked.find(({ candidate }) => select === 'best' || candidate.algorithm === select) ?? ranked[0];
  if (!selected) throw new RangeError('There is no candidate to select from');
  const backup = ranked.find(entry => entry !== selected && entry.misses.length === 0);
  const roleOf = (entry: Ranked): Selection['standings'][number]['role'] => {
    if (entry === selected) return 'selected';
    if (entry === backup) return 'backup';
    return entry.misses.length > 0 ? 'rejected' : 'passed';
  };
  return {
    primary,
    selected: selected.candidate.algorithm,
    backup: backup?.candidate.algorithm ?? null,
    why:
      select === 'best'
        ? explain(selected, ranked, primary)
        : `${selected.candidate.algorithm} is what model.yaml asks for`,
    standings: ranked.map(entry => ({
      algorithm: entry.candidate.algorithm,
      role: roleOf(entry),
      reason: entry.misses.join('; ') || KEEPS,
    })),
  };
}

function rank(a: Ranked, b: Ranked, primary: string): number {
  const [left, right] = [findScore(a.candidate, primary), findScore(b.candidate, primary)];
  const isDefined = [left?.value ?? null, right?.value ?? null].map(value => value !== null);
  if (!isDefined[0] || !isDefined[1]) return Number(isDefined[1]) - Number(isDefined[0]);
  const difference = (left?.value ?? 0) - (right?.value ?? 0);
  const byMetric = left?.better === 'higher' ? -difference : difference;
  const bySize = a.candidate.artifact.bytes - b.candidate.artifact.bytes;
  return byMetric || bySize || compareText(a.candidate.algorithm, b.candidate.algorithm);
}

function findMiss(bound: Bound, candidate: Candidate, { trivial }: CrossValidation): readonly string[] {
  const { metric, atMost, atLeast } = bound;
  const found =
    metric === 'model_size_mb' ? candidate.artifact.bytes / 1e6 : findScore(candidate, metric)?.value;
  if (found === undefined) return [];
  if (found === null) return [`${metric} is undefined`];
  if (atMost !== undefined && found > atMost) return [`${metric} ${format(found)} is above ${atMost}`];
  if (atLeast !== undefined && found < atLeast) return [`${metric} ${format(found)} is below ${atLeast}`];
  return bound.betterThanTrivial ? missTrivial(metric, candidate, trivial) : [];
}

function missTrivial(
  metric: string,
  candidate: Candidate,
  trivial: CrossValidation['trivial'],
): readonly string[] {
  const own = findScore(candidate, metric);
  const reference = trivial.find(entry => entry.metric === metric)?.value ?? null;
  if (!own?.ci95 || reference === null) return [`${metric} cannot be compared with the trivial model`];
  const isBetter = own.better === 'higher' ? own.ci95[0] > reference : own.ci95[1] < reference;
  return isBetter ? [] : [`${metric} is not better than the trivial model's ${format(reference)}`];
}

function explain(selected: Ranked, ranked: readonly Ranked[], primary: string): string {
  const name = selected.candidate.algorithm;
  if (selected.misses.length > 0)
    return `no algorithm keeps all gates in cross-validation; ${name} comes nearest`;
  const next = ranked.find(entry => entry !== selected);
  const [own, other] = [selected, next].map(entry => entry && findScore(entry.candidate, primary)?.value);
  if (!next || own === undefined || own === null) return `${name} is the only algorithm`;
  if (own === other) return `${name} ties with ${next.candidate.algorithm} on ${primary} and is smaller`;
  const against =
    other === undefined || other === null ? '' : ` against ${format(other)} of ${next.candidate.algorithm}`;
  return `best cross-validated ${primary}: ${format(own)}${against}`;
}

function findScore(candidate: Candidate, metric: string): Candidate['scores'][number] | undefined {
  return candidate.scores.find(entry => entry.metric === metric);
}

function format(value: number): string {
  return String(Number(value.toPrecision(4)));
}
