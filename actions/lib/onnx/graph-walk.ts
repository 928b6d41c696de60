// Finds what hides deep in a model: graphs inside attributes (If, Loop, Scan) and tensors that point outside the file.
import {
  type AttributeProto,
  TensorProto_DataLocation as DataLocation,
  type GraphProto,
  type ModelProto,
  type SparseTensorProto,
  type TensorProto,
} from 'onnx-buf';

/** The main graph and all graphs inside its nodes' attributes, at any depth. */
export function listGraphs({ graph }: ModelProto): readonly GraphProto[] {
  return graph ? withInner(graph) : [];
}

function withInner(graph: GraphProto): readonly GraphProto[] {
  const inner = listAttributes(graph).flatMap(({ g, graphs }) => (g ? [g, ...graphs] : graphs));
  return [graph, ...inner.flatMap(withInner)];
}

function listAttributes(graph: GraphProto): readonly AttributeProto[] {
  return graph.node.flatMap(node => node.attribute);
}

/** Names of tensors whose data lies in another file, or that say so in any way. */
export function findExternalTensors(model: ModelProto): readonly string[] {
  return listGraphs(model)
    .flatMap(listTensors)
    .filter(tensor => tensor.dataLocation === DataLocation.EXTERNAL || tensor.externalData.length > 0)
    .map(tensor => tensor.name);
}

function listTensors(graph: GraphProto): readonly TensorProto[] {
  return [
    ...graph.initializer,
    ...graph.sparseInitializer.flatMap(denseParts),
    ...listAttributes(graph).flatMap(({ t, tensors, sparseTensor, sparseTensors }) => [
      ...(t ? [t] : []),
      ...tensors,
      ...[...(sparseTensor ? [sparseTensor] : []), ...sparseTensors].flatMap(denseParts),
    ]),
  ];
}

function denseParts({ values, indices }: SparseTensorProto): readonly TensorProto[] {
  return [values, indices].filter(tensor => tensor !== undefined);
}
