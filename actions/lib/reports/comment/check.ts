// The check run of a model: the same verdict in one line, and a remark at the very line of the contract or the gate that
// caused it.
import { parseDocumentText } from '#lib/documents/document.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { conditionOf } from '#lib/gates/gates.ts';
import { isBlocking } from '#lib/gates/verdict.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import { modelPath } from '#lib/registry/read.ts';
import { renderComment } from '#lib/reports/comment/comment.ts';
import { asFound, type CommentInput, originOf } from '#lib/reports/comment/input.ts';
import { visibleLine, visibleLines } from '#lib/reports/visible.ts';

/** A remark at a line of a file, 1-based. */
export interface Annotation {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly level: 'failure' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
}

/** A check as any forge can show it. */
export interface RenderedCheck {
  readonly name: string;
  readonly conclusion: 'success' | 'failure' | 'neutral';
  readonly title: string;
  /** Markdown. */
  readonly summary: string;
  readonly annotations: readonly Annotation[];
}

const MAX_TITLE = 255;
const MAX_SUMMARY = 65_000;
const MAX_MESSAGE = 16_000;
const MAX_ANNOTATIONS = 500;

/** @param modelYaml the text of model.yaml at the head, for the lines of gates; undefined when it cannot be read. */
export function renderCheck(input: CommentInput, modelYaml?: string): RenderedCheck {
  const proposal = asFound(input);
  const { name } = proposal.model.metadata;
  const stands = proposal.verdict.slo_compliant;
  const blocking = proposal.verdict.gates.filter(isBlocking).length;
  const title = stands
    ? `${name} stands (${originOf(input)})`
    : `${name} does not stand: ${blocking} of ${proposal.verdict.gates.length} gates (${originOf(input)})`;
  return {
    name: `mainline/${name}`,
    conclusion: stands ? (originOf(input) === 'claimed' ? 'neutral' : 'success') : 'failure',
    title: visibleLine(title).slice(0, MAX_TITLE),
    summary: renderComment(input, MAX_SUMMARY),
    annotations: [...contractRemarks(proposal), ...gateRemarks(proposal, modelYaml)].slice(
      0,
      MAX_ANNOTATIONS,
    ),
  };
}

function contractRemarks({ contracts }: Proposal): readonly Annotation[] {
  return contracts.flatMap(({ contract, checks }) =>
    checks
      .filter(({ outcome }) => outcome === 'failed')
      .map(({ says, severity, failingRows, samples, at }) => {
        const rows = failingRows === null ? '' : `${failingRows} rows break it. `;
        const some = samples.map(({ line, value }) => `line ${line}: ${value}`).join(', ');
        return remark(contract.path, at.line, {
          level: severity === 'error' ? 'failure' : 'warning',
          title: `Broken contract: ${says}`,
          message: `${rows}${some === '' ? '' : `For example ${some}`}`.trim() || says,
        });
      }),
  );
}

function gateRemarks({ model, verdict }: Proposal, modelYaml: string | undefined): readonly Annotation[] {
  const path = modelPath(model.metadata.name);
  return verdict.gates.filter(isBlocking).flatMap(({ id, condition, outcome, reason, remedy }) => {
    const index = model.spec.gates.findIndex(gate => conditionOf(gate).id === id);
    const line = index < 0 || modelYaml === undefined ? undefined : lineOfGate(modelYaml, path, index);
    if (line === undefined) return [];
    const message = [reason, remedy].filter(Boolean).join('\n');
    return [remark(path, line, { level: 'failure', title: `${condition}: ${outcome}`, message })];
  });
}

/** The line of an entry of spec.gates; undefined when the text is no such document. */
function lineOfGate(text: string, path: string, index: number): number | undefined {
  try {
    const { line } = parseDocumentText(text, path).locate(['spec', 'gates', index]);
    return line;
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}

function remark(
  path: string,
  line: number,
  { level, title, message }: Pick<Annotation, 'level' | 'title' | 'message'>,
): Annotation {
  return {
    ...{ path, startLine: line, endLine: line, level },
    title: visibleLine(title).slice(0, MAX_TITLE),
    message: visibleLines(message).join('\n').slice(0, MAX_MESSAGE),
  };
}
