// A stage that did not do what it declares: the command or its inputs are the user's to mend.
import type { Stage } from '#lib/dvc/pipeline/stage.ts';
import { ConfigurationError } from '#lib/errors.ts';
import type { Exit } from '#lib/processes/process.ts';

/** `exit`: a code other than 0; `signal`: killed from outside; `aborted`: the caller's AbortSignal; `declined`: by a person. */
export type FailureReason =
  | 'exit'
  | 'signal'
  | 'timeout'
  | 'missing-output'
  | 'contract'
  | 'aborted'
  | 'declined';

/** dvc.lock and the cache are as they were before the stage; running again continues from there. */
export class StageFailure extends ConfigurationError {
  readonly stage: string;
  readonly reason: FailureReason;
  /** How the command ended; absent when none was running. */
  readonly exit: Exit | undefined;

  constructor(stage: Pick<Stage, 'name' | 'at'>, { reason, exit, message, remedy }: FailureOptions) {
    super([`The stage "${stage.name}" ${message}`, ...tailLines(exit)].join('\n'), { at: stage.at, remedy });
    this.name = 'StageFailure';
    this.stage = stage.name;
    this.reason = reason;
    this.exit = exit;
  }
}

interface FailureOptions {
  readonly reason: FailureReason;
  readonly exit?: Exit | undefined;
  /** Goes on after the stage's name. */
  readonly message: string;
  readonly remedy: string;
}

function tailLines(exit: Exit | undefined): readonly string[] {
  return (exit?.tail ?? []).map(line => `  | ${line}`);
}

/** The same failure, with who is to be told and where the whole output lies. */
export function explainFailure(
  thrown: unknown,
  { owner, log }: { readonly owner: string | undefined; readonly log: string | undefined },
): unknown {
  if (!(thrown instanceof StageFailure) || thrown.reason === 'aborted') return thrown;
  const { stage, reason, exit, at, remedy = '' } = thrown;
  if (owner === undefined && (log === undefined || !exit || exit.tail.length === 0)) return thrown;
  const message = thrown.message.split('\n').filter(line => !line.startsWith('  | '));
  const head = message.join('\n').slice(`The stage "${stage}" `.length);
  const place = { name: stage, at: at ?? { file: 'dvc.yaml' } };
  return new StageFailure(place, {
    reason,
    exit,
    message: owner === undefined ? head : `${head}\n  owner: ${owner}`,
    remedy: log === undefined ? remedy : `${remedy} Its whole output: ${log}`,
  });
}

const AGAIN = 'then run again: the stages before it are kept.';

/** @returns undefined when the command ended well. */
export function failureOf(stage: Stage, command: string, exit: Exit): StageFailure | undefined {
  if (exit.code === 0) return undefined;
  if (exit.code === null) {
    const hint =
      exit.signal === 'SIGKILL' ? 'The machine may have run out of memory: give it more, or use less, ' : '';
    return new StageFailure(stage, {
      reason: 'signal',
      exit,
      message: `failed: \`${command}\` was killed by ${exit.signal}`,
      remedy: `${hint || 'Find out what stopped it, '}${AGAIN}`,
    });
  }
  return new StageFailure(stage, {
    reason: 'exit',
    exit,
    message: `failed: \`${command}\` ended with exit code ${exit.code}`,
    remedy: `${exitHint(exit.code)}, ${AGAIN}`,
  });
}

function exitHint(code: number): string {
  if (code === 127) return 'A program was not found: install it or correct its name';
  if (code === 126) return 'A program may not be executed: make it executable';
  return 'Mend the command or its inputs';
}

export function abortedFailure(stage: Stage, exit?: Exit): StageFailure {
  const message = exit ? 'was stopped while it ran' : 'was not started: the run was stopped';
  return new StageFailure(stage, { reason: 'aborted', exit, message, remedy: `Run again to go on: ${KEPT}` });
}

const KEPT = 'finished stages are kept, this one starts anew.';

/** The command ended well but did not write what dvc.yaml says it writes. */
export function missingOutputFailure(
  stage: Stage,
  paths: readonly string[],
  exit: Exit | undefined,
): StageFailure {
  return new StageFailure(stage, {
    reason: 'missing-output',
    exit,
    message: `ended well but did not make ${paths.join(', ')}`,
    remedy: `Let its command write there (it works in ${stage.workingDirectory}), or correct the path in dvc.yaml.`,
  });
}

/** The command took longer than the stage's rules allow. */
export function timeoutFailure(stage: Stage, seconds: number, exit: Exit | undefined): StageFailure {
  return new StageFailure(stage, {
    reason: 'timeout',
    exit,
    message: `was stopped: it ran longer than its timeout of ${seconds} s`,
    remedy: `Make it faster or raise its timeout, ${AGAIN}`,
  });
}

/** An output is not as its contract says: it is neither cached nor locked. */
export function brokenContractFailure(
  stage: Stage,
  {
    path,
    contract,
    broken,
  }: { readonly path: string; readonly contract: string; readonly broken: readonly string[] },
): StageFailure {
  return new StageFailure(stage, {
    reason: 'contract',
    message: [`made ${path}, which breaks ${contract}`, ...broken.map(line => `  ${line}`)].join('\n'),
    remedy: `Mend what makes it, or the contract, ${AGAIN}`,
  });
}

/** Somebody was asked and said no, or nobody was there to be asked. */
export function declinedFailure(stage: Stage, answer: 'no' | 'nobody'): StageFailure {
  return new StageFailure(stage, {
    reason: 'declined',
    message:
      answer === 'no' ? 'was not run: aborted by the user' : 'was not run: nobody answered on standard input',
    remedy: 'Answer y, or leave out --interactive.',
  });
}
