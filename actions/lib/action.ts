// Runs an action: inputs through its schema, one flow, then outputs, annotations and summary; the one catch of the process.
// A gate, contract or approval that fails is a result and fails the step with its reasons; it is no exception.
import { availableParallelism } from 'node:os';
import * as core from '@actions/core';
import type { z } from 'zod';
import { ConfigurationError, ConfigurationErrors } from '#lib/errors.ts';
import { describeFailure } from '#lib/failure.ts';
import { type Annotation, annotate, say } from '#lib/runner/commands.ts';
import { type RunnerContext, readContext } from '#lib/runner/context.ts';
import { type InputsSchema, inputVariable, readInputs } from '#lib/runner/inputs.ts';

/** A step may write this much; one byte more and the runner shows nothing. */
const MAX_SUMMARY_BYTES = 1024 * 1024;
/** More threads than this gain nothing on a handful of fits. */
const MOST_THREADS = 8;

export interface ActionResult<Output extends string> {
  readonly outputs: Readonly<Record<Output, string>>;
  /** Markdown for the page of the job. */
  readonly summary?: string;
  readonly annotations?: readonly Annotation[];
  /** Why the step fails although everything worked: a gate, a contract, an approval. */
  readonly failure?: string | undefined;
}

export interface ActionContext extends RunnerContext {
  /** Prints to the log; text of strangers is harmless. */
  readonly say: (text: string) => void;
  /** Hides a value in the log, and in everything this action writes. */
  readonly hide: (secret: string) => void;
  /** Sets a variable for the steps after this one. */
  readonly exportVariable: (name: string, value: string) => void;
  /** Aborts when the run is cancelled. */
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Worker threads worth having here. */
  readonly threads: number;
}

export interface Action<Inputs extends InputsSchema, Output extends string> {
  readonly inputs: Inputs;
  /** Description by name, the same as in action.yml. */
  readonly outputs: Readonly<Record<Output, string>>;
  /** Inputs that nobody may read in a log. */
  readonly secrets?: readonly (keyof z.output<Inputs> & string)[];
  readonly run: (inputs: z.output<Inputs>, context: ActionContext) => Promise<ActionResult<Output>>;
}

/** Runs an action in this process and sets its exit code: 0, or 1 for a failure of any kind. */
export async function runAction<Inputs extends InputsSchema, Output extends string>(
  action: Action<Inputs, Output>,
): Promise<void> {
  process.env.ORT_DISABLE_TELEMETRY = '1';
  const hidden = new Set<string>();
  const hide = (secret: string): void => {
    core.setSecret(secret);
    hidden.add(secret);
  };
  for (const name of action.secrets ?? []) {
    const secret = process.env[inputVariable(name)]?.trim();
    if (secret) hide(secret);
  }
  const redact = (text: string): string =>
    [...hidden].reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
  try {
    const context = await readContext(process.env);
    const inputs = readInputs(action.inputs, process.env);
    forgetTokens();
    const result = await action.run(inputs, {
      ...context,
      ...{ say: text => say(redact(text)), hide, signal: cancelSignal(), now: () => Date.now() },
      exportVariable: core.exportVariable,
      threads: Math.min(MOST_THREADS, availableParallelism()),
    });
    await report(result, { redact, workspace: context.workspace });
  } catch (error) {
    fail(error, redact);
  }
}

/** Commands that a flow starts inherit the environment; what only this action may do is not theirs. */
function forgetTokens(): void {
  for (const name of Object.keys(process.env))
    if (/^(?:INPUT|ACTIONS)_/u.test(name)) delete process.env[name];
}

async function report(
  { outputs, summary, annotations = [], failure }: ActionResult<string>,
  { redact, workspace }: { readonly redact: (text: string) => string; readonly workspace: string },
): Promise<void> {
  for (const [name, value] of Object.entries<string>(outputs)) core.setOutput(name, redact(value));
  annotate(
    annotations.map(one => ({ ...one, message: redact(one.message) })),
    workspace,
  );
  if (summary?.trim() && process.env.GITHUB_STEP_SUMMARY) {
    await core.summary.addRaw(cutBytes(redact(summary), MAX_SUMMARY_BYTES)).write();
  }
  if (failure !== undefined) core.setFailed(redact(failure));
}

/** Cuts between two lines, and says so. */
function cutBytes(text: string, most: number): string {
  if (Buffer.byteLength(text) < most) return text;
  const note = '\n\n(cut here: the rest is in the artifact)\n';
  const head = Buffer.from(text)
    .subarray(0, most - Buffer.byteLength(note) - 1)
    .toString();
  return `${head.slice(0, head.lastIndexOf('\n'))}${note}`;
}

function fail(error: unknown, redact: (text: string) => string): void {
  process.exitCode = 1;
  const workspace = process.env.GITHUB_WORKSPACE ?? process.cwd();
  if (error instanceof ConfigurationError) {
    const problems = error instanceof ConfigurationErrors ? error.problems : [error];
    annotate(
      problems.map(({ message, remedy, at }) => ({
        level: 'failure',
        message: redact(remedy === undefined ? message : `${message}\n-> ${remedy}`),
        at,
      })),
      workspace,
    );
    return;
  }
  const { text } = describeFailure(error, { color: false, folder: workspace });
  annotate([{ level: 'failure', message: redact(text.trimEnd()) }], workspace);
}

/** The runner sends SIGINT, then SIGTERM 7.5 seconds later, then kills. */
function cancelSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => controller.abort(new ConfigurationError('The run was cancelled')));
  }
  return controller.signal;
}
