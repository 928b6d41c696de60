// A fitted linear sum: each feature adds its own part, a category's part is looked up. Predicts here and exports the same.
import type { Table } from '#lib/tables/table.ts';
import type { Design, DesignFeature } from '#lib/training/design.ts';
import { encodeTable } from '#lib/training/encoding.ts';
import { createGraph, finishModel, type Graph, joinColumns, lookUp } from '#lib/training/graph.ts';
import type { FittedModel } from '#lib/training/trainer.ts';
import type { Task } from '#lib/training/training-set.ts';
import { type Link, shareGains } from '#lib/training/tree-ensemble.ts';

/** One feature's part of the sum; float32 throughout. */
interface Part {
  readonly feature: DesignFeature;
  /** For a number: the weight of its standardised value. For text: what each category adds. */
  readonly weights: Float32Array;
}

interface LinearFacts {
  readonly algorithm: string;
  readonly version: number;
  readonly task: Task;
  readonly link: Link;
}

/** Makes a model of the solution of a design's equations: the intercept first, then one weight per design column. */
export function fitLinearModel(design: Design, solution: Float64Array, facts: LinearFacts): FittedModel {
  const intercept = Math.fround(solution[0] ?? 0);
  const parts = splitSolution(design, solution.subarray(1));
  const predict = (table: Table): Float64Array => {
    const columns = encodeTable(design.features, table);
    const sums = new Float64Array(table.rows).fill(intercept);
    parts.forEach((part, i) => {
      addPart(part, columns[i]!, sums);
    });
    return sums.map(sum => facts.link.apply(sum));
  };
  return {
    predict,
    toOnnx: name => {
      const graph = createGraph();
      const sum = addSum(graph, parts, intercept);
      return finishModel(graph, facts.link.addTo(graph, sum), { ...facts, name, features: design.features });
    },
    importance: shareGains(design.features, parts.map(explainedVariance)),
  };
}

function splitSolution(design: Design, weights: Float64Array): readonly Part[] {
  let offset = 0;
  return design.features.map(feature => {
    const own = weights.subarray(offset, offset + feature.centers.length);
    offset += feature.centers.length;
    if (feature.kind === 'number') return { feature, weights: Float32Array.from(own) };
    const average = own.reduce((sum, weight, code) => sum + weight * feature.centers[code]!, 0);
    return { feature, weights: Float32Array.from(own, weight => weight - average) };
  });
}

function addPart({ feature, weights }: Part, values: Float32Array, sums: Float64Array): void {
  values.forEach((value, row) => {
    if (Number.isNaN(value)) return;
    if (feature.kind === 'string') sums[row]! += weights[value]!;
    else sums[row]! += ((value - feature.centers[0]!) / feature.scales[0]!) * weights[0]!;
  });
}

/** Variance of the part over the training rows that have a value. */
function explainedVariance({ feature, weights }: Part): number {
  if (feature.kind === 'number') return weights[0]! * weights[0]!;
  return weights.reduce((sum, weight, code) => sum + weight * weight * feature.centers[code]!, 0);
}

function addSum(graph: Graph, parts: readonly Part[], intercept: number): string {
  const numbers = parts.filter(({ feature }) => feature.kind === 'number');
  const texts = parts.filter(({ feature }) => feature.kind === 'string');
  const added = [
    ...(numbers.length > 0 ? [addNumbers(graph, numbers)] : []),
    ...texts.map(({ feature: { name, categories }, weights }) =>
      lookUp(graph, name, { keys: categories, values: [...weights], otherwise: 0 }),
    ),
  ];
  const axes = graph.constant('int64', [1], [1]);
  const sum = graph.node('ReduceSum', [joinColumns(graph, added), axes]);
  return graph.node('Add', [sum, graph.constant('float', [1], [intercept])]);
}

/** [N, numbers]: each standardised and weighed; a missing one adds 0. */
function addNumbers(graph: Graph, parts: readonly Part[]): string {
  const row = (pick: (part: Part) => number): string =>
    graph.constant('float', [1, parts.length], parts.map(pick));
  const raw = joinColumns(
    graph,
    parts.map(({ feature }) => feature.name),
  );
  const centred = graph.node('Sub', [raw, row(({ feature }) => feature.centers[0]!)]);
  const scaled = graph.node('Div', [centred, row(({ feature }) => feature.scales[0]!)]);
  const weighed = graph.node('Mul', [scaled, row(({ weights }) => weights[0]!)]);
  return graph.node('Where', [graph.node('IsNaN', [raw]), graph.constant('float', [1], [0]), weighed]);
}
