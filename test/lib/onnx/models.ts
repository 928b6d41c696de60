// Tiny models for the tests of this folder.
import type { GraphNode, OnnxModel, ValueInfo } from '#lib/onnx/model.ts';

/** A node of ai.onnx with one output. */
export function node(op: string, inputs: readonly string[], output: string): GraphNode {
  return { op, domain: '', inputs, outputs: [output], attributes: {} };
}

/** A model of the given parts; the rest is empty. */
export function model(
  parts: Pick<OnnxModel, 'inputs' | 'outputs' | 'nodes'> & Partial<OnnxModel>,
): OnnxModel {
  return { name: 'tiny', producer: { name: 'test', version: '1' }, initializers: [], metadata: {}, ...parts };
}

export function floatInput(name: string, ...shape: readonly number[]): ValueInfo {
  return { name, type: 'float', shape };
}

/** prediction = a + b, both [N,1]. */
export const sum = model({
  inputs: [floatInput('a', 1), floatInput('b', 1)],
  outputs: [floatInput('prediction', 1)],
  nodes: [node('Add', ['a', 'b'], 'prediction')],
  metadata: { zeta: 'last', alpha: 'first', Beta: 'capitals before small letters' },
});
