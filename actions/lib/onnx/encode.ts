// From our plain description of a model to the bytes of an .onnx file: the same description, the same bytes.
// IR 8, ai.onnx 17 and ai.onnx.ml 3 are old on purpose: every runtime of the last years reads them.
import { create, toBinary } from '@bufbuild/protobuf';
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataType as DataType,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import { compareText } from '#lib/documents/canonical.ts';
import type { Attribute, ElementType, GraphNode, OnnxModel, Tensor, ValueInfo } from '#lib/onnx/model.ts';

const IR_VERSION = 8n;
const OPERATOR_SETS: readonly (readonly [domain: string, version: bigint])[] = [
  ['', 17n],
  ['ai.onnx.ml', 3n],
];
const BATCH_DIMENSION = 'N';

const dataTypes: Readonly<Record<ElementType, DataType>> = {
  float: DataType.FLOAT,
  int64: DataType.INT64,
  string: DataType.STRING,
};

/** The file's bytes; metadata is sorted by key and nothing of the machine or the moment goes in. */
export function encodeModel(model: OnnxModel): Uint8Array {
  const graph = create(GraphProtoSchema, {
    name: model.name,
    node: model.nodes.map(encodeNode),
    initializer: model.initializers.map(encodeTensor),
    input: model.inputs.map(encodeValueInfo),
    output: model.outputs.map(encodeValueInfo),
  });
  const message = create(ModelProtoSchema, {
    irVersion: IR_VERSION,
    producerName: model.producer.name,
    producerVersion: model.producer.version,
    graph,
    opsetImport: OPERATOR_SETS.map(([domain, version]) =>
      create(OperatorSetIdProtoSchema, { domain, version }),
    ),
    metadataProps: Object.entries(model.metadata)
      .toSorted(([a], [b]) => compareText(a, b))
      .map(([key, value]) => create(StringStringEntryProtoSchema, { key, value })),
  });
  return toBinary(ModelProtoSchema, message);
}

/** Nodes are named by their first output, which is unique in a graph. */
function encodeNode(node: GraphNode): NodeProto {
  return create(NodeProtoSchema, {
    name: node.outputs[0] ?? '',
    opType: node.op,
    domain: node.domain,
    input: [...node.inputs],
    output: [...node.outputs],
    attribute: Object.entries(node.attributes).map(([name, attribute]) => encodeAttribute(name, attribute)),
  });
}

function encodeAttribute(name: string, attribute: Attribute): AttributeProto {
  switch (attribute.kind) {
    case 'float':
      return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: attribute.value });
    case 'int':
      return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(attribute.value) });
    case 'string':
      return create(AttributeProtoSchema, {
        name,
        type: AttributeType.STRING,
        s: encodeText(attribute.value),
      });
    case 'floats':
      return create(AttributeProtoSchema, { name, type: AttributeType.FLOATS, floats: [...attribute.value] });
    case 'ints':
      return create(AttributeProtoSchema, {
        name,
        type: AttributeType.INTS,
        ints: attribute.value.map(BigInt),
      });
    case 'strings':
      return create(AttributeProtoSchema, {
        name,
        type: AttributeType.STRINGS,
        strings: attribute.value.map(encodeText),
      });
  }
}

function encodeTensor({ name, type, shape, values }: Tensor): TensorProto {
  const numbers = values.filter(value => typeof value === 'number');
  const texts = values.filter(value => typeof value === 'string');
  return create(TensorProtoSchema, {
    name,
    dataType: dataTypes[type],
    dims: shape.map(BigInt),
    floatData: type === 'float' ? numbers : [],
    int64Data: type === 'int64' ? numbers.map(BigInt) : [],
    stringData: type === 'string' ? texts.map(encodeText) : [],
  });
}

function encodeValueInfo({ name, type, shape }: ValueInfo): ValueInfoProto {
  const batch = create(TensorShapeProto_DimensionSchema, {
    value: { case: 'dimParam', value: BATCH_DIMENSION },
  });
  const sizes = shape.map(size =>
    create(TensorShapeProto_DimensionSchema, { value: { case: 'dimValue', value: BigInt(size) } }),
  );
  const tensor = create(TypeProto_TensorSchema, {
    elemType: dataTypes[type],
    shape: create(TensorShapeProtoSchema, { dim: [batch, ...sizes] }),
  });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: 'tensorType', value: tensor } }),
  });
}

function encodeText(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
