// The measuring process: loads one model, or two that answer in turn, and prints what their calls took. Started by
// measure.ts.
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { measureAlone } from '#lib/onnx/measure-alone.ts';
import { type Answer, type Answerer, toTable } from '#lib/onnx/measure-calls.ts';
import type { MeasuredModel, MeasureRequest, PairReply, ServingCost } from '#lib/onnx/measure-message.ts';
import { measurePair } from '#lib/onnx/measure-pair.ts';
import { openScorer } from '#lib/onnx/session.ts';

async function open(asked: MeasuredModel): Promise<Answerer> {
  const { classes } = asked;
  const scorer = await openScorer(await readFile(asked.model));
  const answer: Answer = classes === undefined ? scorer.score : rows => scorer.scoreClasses(rows, classes);
  return { answer, rows: toTable(asked) };
}

async function answer({ reference, ...asked }: MeasureRequest): Promise<ServingCost | PairReply> {
  const model = await open(asked);
  if (reference) return measurePair(model, await open(reference));
  const cost = await measureAlone(model);
  return { ...cost, memoryMb: Math.round(process.memoryUsage.rss() / 1e5) / 10 };
}

async function run(): Promise<void> {
  const request = JSON.parse(await text(process.stdin)) as MeasureRequest;
  process.stdout.write(JSON.stringify(await answer(request)));
}

void run();
