// One inference: choose the version, hold the rows to what it takes, score, count, and send the copies. The table is the
// caller's and does not change under it.

import { bucketOf, chooseCopies, chooseVersion } from '#lib/serving/choose.ts';
import type { Outcome } from '#lib/serving/counts.ts';
import { type InferRequest, readInferRequest } from '#lib/serving/infer-request.ts';
import type { Mirror } from '#lib/serving/mirror.ts';
import { Refusal } from '#lib/serving/refusal.ts';
import { widthOf } from '#lib/serving/signature.ts';
import type { LoadedModel, Route } from '#lib/serving/table.ts';
import { readRows } from '#lib/serving/tensors.ts';
import type { Totals } from '#lib/serving/totals.ts';

export interface InferTools {
  /** A clock in milliseconds that never goes back. */
  readonly now: () => number;
  /** A number from 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
  readonly mirror: Mirror;
  readonly totals: Totals;
  /** Told what a model failed of, for the log; callers only learn that it failed. */
  readonly onFailure: (model: string, version: string, error: unknown) => void;
  /** Keeps the table of this request; the copies need it longer than the caller. */
  readonly keep: () => { release(): void };
}

export interface InferCall {
  readonly model: string;
  readonly route: Route;
  /** Asked for by the path; undefined = as the weights say. */
  readonly version: string | undefined;
  readonly stickyKey: string | undefined;
  readonly body: Uint8Array;
}

export interface InferAnswer {
  readonly version: string;
  /** JSON of the protocol. */
  readonly text: string;
}

/**
 * Answers one inference request.
 * @throws Refusal for what the caller sent (400), or when the model fails (500).
 */
export async function infer(call: InferCall, tools: InferTools): Promise<InferAnswer> {
  const start = tools.now();
  const request = readInferRequest(call.body);
  const version = call.version ?? pickVersion(call, tools);
  const loaded = call.route.versions.get(version);
  if (!loaded) throw new Refusal(404, `Version ${version} of ${call.model} is not loaded`);
  const end = (outcome: Outcome): void =>
    count(call, version, { outcome, tools, durationMs: tools.now() - start });
  try {
    const scores = await scoreRequest(request, loaded);
    end('answered');
    if (call.version === undefined) sendCopies(request, version, { call, tools });
    return { version, text: formatAnswer(request, scores, { call, version, loaded }) };
  } catch (error) {
    if (error instanceof Refusal) {
      end(isOwnFault(request, version, call.route) ? 'error' : 'refused');
      throw error;
    }
    end('error');
    tools.onFailure(call.model, version, error);
    throw new Refusal(500, `Version ${version} of ${call.model} failed on these rows`, {
      'mainline-version': version,
    });
  }
}

function pickVersion({ model, route, stickyKey }: InferCall, { random }: InferTools): string {
  const bucket =
    stickyKey === undefined ? random() * 100 : bucketOf(stickyKey, { model, challenger: route.challenger });
  const version = chooseVersion(route, bucket);
  if (version === undefined) throw new Refusal(503, `No version of ${model} has traffic`);
  return version;
}

async function scoreRequest(request: InferRequest, { signature, score }: LoadedModel): Promise<Float64Array> {
  const unknown = request.outputs?.find(({ name }) => name !== signature.output);
  if (unknown) throw new Refusal(400, `The model has one output, "${signature.output}"`);
  const scores = await score(readRows(request, signature));
  // NaN and infinities have no JSON form, and are no answer.
  const bad = scores.findIndex(value => !Number.isFinite(value));
  if (bad >= 0)
    throw new Error(
      `the answer for row ${Math.floor(bad / widthOf(signature))} is ${scores[bad]}, not a finite number`,
    );
  return scores;
}

function formatAnswer(
  { id }: InferRequest,
  scores: Float64Array,
  { call, version, loaded }: { call: InferCall; version: string; loaded: LoadedModel },
): string {
  const { output: name, classes } = loaded.signature;
  const shape = classes ? [scores.length / classes.length, classes.length] : [scores.length];
  return JSON.stringify({
    model_name: call.model,
    model_version: version,
    ...(id === undefined ? {} : { id }),
    outputs: [{ name, datatype: 'FP64', shape, data: Array.from(scores) }],
  });
}

/** A version that refuses what another one with traffic takes is at fault itself: its callers did not change. */
function isOwnFault(request: InferRequest, version: string, { traffic, versions }: Route): boolean {
  return Object.keys(traffic).some(other => {
    const loaded = other === version ? undefined : versions.get(other);
    if (!loaded) return false;
    try {
      readRows(request, loaded.signature);
      return true;
    } catch {
      return false;
    }
  });
}

/** A version asked for by name is somebody's trial: it counts in the totals, not in the step that is judged. */
function count(
  { model, route, version: asked }: InferCall,
  version: string,
  { outcome, tools, durationMs }: { outcome: Outcome; tools: InferTools; durationMs: number },
): void {
  if (asked === undefined) route.counts.answers.add(version, outcome, durationMs);
  tools.totals.of(model).answers.add(version, outcome, durationMs);
}

function sendCopies(
  request: InferRequest,
  answering: string,
  { call, tools }: { call: InferCall; tools: InferTools },
): void {
  const { model, route } = call;
  for (const version of chooseCopies(route.mirror, answering, tools.random)) {
    const loaded = route.versions.get(version);
    if (!loaded) continue;
    const { release } = tools.keep();
    const isSent = tools.mirror.send({
      version,
      counts: [route.counts.copies, tools.totals.of(model).copies],
      run: () => scoreRequest(request, loaded),
      done: release,
    });
    if (!isSent) release();
  }
}
