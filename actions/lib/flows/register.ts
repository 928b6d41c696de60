// From an accepted proposal to a record: what the version is, in the words of the registry.
import { digestBytes } from '#lib/documents/canonical.ts';
import type { Lock } from '#lib/dvc/lock/lock.ts';
import { hashBytes } from '#lib/dvc/objects/md5.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { traceLineage } from '#lib/flows/lineage.ts';
import { inspectModel } from '#lib/onnx/inspect.ts';
import type { Evidence } from '#lib/registry/evidence.ts';
import { nextVersion } from '#lib/registry/next-version.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import type { VersionRecord } from '#lib/registry/version-record.ts';

export interface DescribeInput {
  readonly proposal: Proposal;
  readonly evidence: Evidence;
  readonly artifact: Uint8Array;
  readonly lock: Lock;
  /** The pipeline's folder and the root, absolute. */
  readonly directory: string;
  readonly root: string;
  readonly commit: { readonly id: string; readonly at: string };
  readonly environment: VersionRecord['spec']['environment'];
  /** The registered version it was held against. */
  readonly against: string | null;
}

/** Everything of a record but its number. */
export type Unnumbered = Omit<VersionRecord['spec'], 'because'>;

/** Describes a version; the same inputs give the same text on every machine of one kind. */
export function describeVersion(input: DescribeInput): Unnumbered {
  const { proposal, evidence, artifact, lock, directory, root, commit, environment, against } = input;
  const { spec } = proposal.model;
  const inspected = inspectModel(artifact, { file: spec.artifact.path });
  const features = spec.features ?? inspected.interface.inputs.map(({ name }) => name);
  const { sha256, md5 } = { sha256: digestBytes(artifact), md5: hashBytes(artifact) };
  return {
    created: commit.at,
    source: { commit: commit.id },
    artifact: { md5, sha256, bytes: artifact.length, format: 'onnx' },
    task: spec.task,
    ...(spec.positive === undefined ? {} : { positive: spec.positive }),
    ...(spec.classes === undefined ? {} : { classes: spec.classes }),
    threshold: spec.threshold,
    ...(spec.features === undefined ? {} : { features: spec.features }),
    interface: inspected.interface,
    method: methodOf(proposal),
    lineage: traceLineage({ lock, directory, root, contracts: proposal.contracts, features }),
    environment,
    evaluation: summarize(proposal, evidence, against),
    verdict: {
      slo_compliant: evidence.verdict.slo_compliant,
      gates: evidence.verdict.gates.map(({ id, outcome }) => ({ id, outcome })),
    },
  };
}

function methodOf({ crossValidation, evidence }: Proposal): VersionRecord['spec']['method'] {
  const selected = crossValidation?.candidates.find(
    ({ algorithm }) => algorithm === evidence?.selection?.selected,
  );
  if (!selected) return { algorithm: "the pipeline's own", parameters: {} };
  return { algorithm: `${selected.algorithm}@${selected.version}`, parameters: selected.parameters };
}

function summarize(
  { model, evidenceKey, champion }: Proposal,
  { evaluation, comparisons }: Evidence,
  against: string | null,
): VersionRecord['spec']['evaluation'] {
  const { primary } = model.spec.evaluation;
  const metric = evaluation.metrics.find(one => one.metric === primary);
  if (!metric || evidenceKey === null) throw new Error(`the evaluation lacks ${primary}`);
  const { unit, value, ci95 } = metric;
  const verdict =
    champion.state === 'same' ? 'the same model' : comparisons.find(one => one.metric === primary)?.verdict;
  return {
    evidence: `sha256:${evidenceKey}`,
    primary: { metric: primary, unit, value, ci95, n: evaluation.n },
    against: against === null ? null : { champion: against, verdict: verdict ?? "can't tell" },
  };
}

/** Gives the next free number after the newest record there is. */
export function numberVersion(
  model: string,
  described: Unnumbered,
  records: readonly VersionRecord[],
): VersionRecord {
  const newest = records.at(-1);
  const previous = newest && { version: newest.metadata.version, facts: newest.spec };
  const { version, because } = nextVersion(previous, described);
  if (records.some(({ metadata }) => metadata.version === version)) {
    throw new ConfigurationError(`${model} ${version} exists already`, {
      remedy: 'Verify the state branch: mainline audit verify.',
    });
  }
  return {
    apiVersion: 'mainline.dev/v1alpha1',
    kind: 'ModelVersion',
    metadata: { model, version, previous: newest?.metadata.version ?? null },
    spec: { ...described, because },
  };
}
