// Plain description of an ONNX model: what trainers export and onnx/encode.ts writes. Only what tabular models need.

export type ElementType = 'float' | 'int64' | 'string';

/** A graph input or output; every shape begins with the free batch dimension N. */
export interface ValueInfo {
  readonly name: string;
  readonly type: ElementType;
  /** Sizes after the batch dimension: [] for [N], [1] for [N,1]. */
  readonly shape: readonly number[];
}

export interface Tensor {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly values: readonly number[] | readonly string[];
}

export type Attribute =
  | { readonly kind: 'float' | 'int'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'floats' | 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'strings'; readonly value: readonly string[] };

export interface GraphNode {
  readonly op: string;
  /** Operator set: '' is ai.onnx. */
  readonly domain: '' | 'ai.onnx.ml';
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface OnnxModel {
  readonly name: string;
  readonly producer: { readonly name: string; readonly version: string };
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly initializers: readonly Tensor[];
  readonly nodes: readonly GraphNode[];
  /** Written sorted by key. */
  readonly metadata: Readonly<Record<string, string>>;
}
