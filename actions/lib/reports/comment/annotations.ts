// Remarks at the lines that caused a verdict: the rule of a contract that rows break, the gate of model.yaml that did not
// pass, the parameter that was changed. Paths and lines come from a proposal, so what cannot be a place is left out.

import { type KeyPath, parseDocumentText } from '#lib/documents/document.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { conditionOf } from '#lib/gates/gates.ts';
import { isBlocking } from '#lib/gates/verdict.ts';
import { repositoryPathSchema } from '#lib/registry/model-evaluation.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import { modelPath } from '#lib/registry/read.ts';
import { cutText } from '#lib/reports/comment/bound.ts';
import {
  asFound,
  type CommentInput,
  originOf,
  ownJudgingOf,
  standingOf,
} from '#lib/reports/comment/input.ts';
import { parameterChange } from '#lib/reports/proposal/changes.ts';
import { sayFailing } from '#lib/reports/proposal/data.ts';
import { visibleLine, visibleLines } from '#lib/reports/visible.ts';

/** A remark at lines of a file, 1-based. */
export interface Annotation {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly level: 'failure' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
}

/** The line of a value in a file of the head; undefined where it is not known. */
export type LineOf = (path: string, key: KeyPath) => number | undefined;

/** Lines of the files whose texts are here; what is no document has none. */
export function linesOf(texts: ReadonlyMap<string, string>): LineOf {
  return (path, key) => {
    const text = texts.get(path);
    if (text === undefined) return undefined;
    try {
      const document = parseDocumentText(text, path);
      return hasValue(document.value, key) ? document.locate(key).line : undefined;
    } catch (error) {
      if (error instanceof ConfigurationError) return undefined;
      throw error;
    }
  };
}

function hasValue(value: unknown, [key, ...rest]: KeyPath): boolean {
  if (key === undefined) return true;
  if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return false;
  return hasValue((value as Readonly<Record<PropertyKey, unknown>>)[key], rest);
}

const MOST_FILES = 5;

/** The files whose lines are asked for: model.yaml and what holds changed parameters. */
export function filesToLocate({ model, changes }: Proposal): readonly string[] {
  const parameters = (changes ?? [])
    .flatMap(sentence => parameterChange(sentence)?.file ?? [])
    .filter(isPath);
  return [...new Set([modelPath(model.metadata.name), ...parameters])].slice(0, MOST_FILES);
}

/** More than this nobody reads, and each fifty cost a request. */
const MOST = 200;
/** GitHub's own bounds are 255 characters and 64 KiB. */
const LONGEST_TITLE = 200;
const LONGEST_MESSAGE = 2000;
const LAST_LINE = 1_000_000;

/** The remarks, worst first. */
export function annotationsOf(input: CommentInput, lineOf: LineOf): readonly Annotation[] {
  const all = [
    ...contractRemarks(input.proposal),
    ...gateRemarks(asFound(input), lineOf),
    ...judgingRemarks(input, lineOf),
    ...(standingOf(input) === 'does not stand' ? parameterRemarks(input.proposal, lineOf) : []),
  ];
  const levels = ['failure', 'warning', 'notice'] as const;
  return levels.flatMap(level => all.filter(remark => remark.level === level)).slice(0, MOST);
}

interface Remark extends Pick<Annotation, 'level' | 'title' | 'message'> {
  readonly path: string;
  readonly line: number | undefined;
}

/** One remark, or none where there is no such place. */
function remarkAt({ path, line, level, title, message }: Remark): readonly Annotation[] {
  if (line === undefined || !Number.isInteger(line) || line < 1 || line > LAST_LINE || !isPath(path))
    return [];
  return [
    {
      ...{ path, startLine: line, endLine: line, level },
      title: cutText(visibleLine(title), LONGEST_TITLE),
      message: cutText(visibleLines(message).join('\n'), LONGEST_MESSAGE),
    },
  ];
}

function isPath(path: string): boolean {
  return repositoryPathSchema.safeParse(path).success && visibleLine(path) === path;
}

function contractRemarks({ contracts }: Proposal): readonly Annotation[] {
  const failed = contracts.flatMap(({ contract, data, checks }) =>
    checks.filter(({ outcome }) => outcome === 'failed').map(check => ({ contract, data, check })),
  );
  return failed.flatMap(({ contract, data, check: { says, severity, failingRows, samples, at } }) => {
    const rows = failingRows === null ? '' : `: ${failingRows} rows break it`;
    const some = samples.map(sayFailing);
    return remarkAt({
      ...{ path: contract.path, line: at.line, level: severity === 'error' ? 'failure' : 'warning' },
      title: `The data breaks its contract: ${says}`,
      message: [`${data.path}${rows}`, ...(some.length > 0 ? ['For example', ...some] : [])].join('\n'),
    });
  });
}

function gateRemarks({ model, verdict }: Proposal, lineOf: LineOf): readonly Annotation[] {
  const path = modelPath(model.metadata.name);
  const places = new Map(model.spec.gates.map((gate, index) => [conditionOf(gate).id, index]));
  return verdict.gates
    .filter(({ outcome, remedy }) => remedy !== null && (outcome === 'failed' || outcome === "can't tell"))
    .flatMap(gate => {
      const index = places.get(gate.id);
      // The contract's own lines are marked, and what main asks for stands nowhere in the proposal's file.
      if (index === undefined) return [];
      return remarkAt({
        ...{
          path,
          line: lineOf(path, ['spec', 'gates', index]),
          level: isBlocking(gate) ? 'failure' : 'warning',
        },
        title: `${gate.condition}: ${gate.outcome}`,
        message:
          [gate.reason, gate.remedy].filter(part => part !== null && part !== '').join('\n') || gate.outcome,
      });
    });
}

function judgingRemarks(input: CommentInput, lineOf: LineOf): readonly Annotation[] {
  const changed = ownJudgingOf(input);
  if (changed.length === 0) return [];
  const path = modelPath(input.proposal.model.metadata.name);
  const judge =
    originOf(input) === 're-derived' ? 'It was judged by what main has.' : 'Main has not judged it.';
  return remarkAt({
    ...{ path, line: lineOf(path, ['spec', 'gates']), level: 'warning' },
    title: 'This proposal changes what it is judged by',
    message: [judge, ...changed].join('\n'),
  });
}

function parameterRemarks({ changes }: Proposal, lineOf: LineOf): readonly Annotation[] {
  return (changes ?? []).flatMap(sentence => {
    const change = parameterChange(sentence);
    if (!change) return [];
    return remarkAt({
      ...{ path: change.file, line: lineOf(change.file, keyPath(change.key)), level: 'notice' },
      title: 'Changed in a proposal that does not stand',
      message: `${change.key}: ${change.says}`,
    });
  });
}

/** `spec.gates[0].atMost` as its parts. */
function keyPath(key: string): KeyPath {
  return key
    .split(/[.[\]]+/u)
    .flatMap(part => (part === '' ? [] : /^\d+$/u.test(part) ? Number(part) : part));
}
