import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import { describe, expect, it } from 'vitest';
import { encodeModel } from '#lib/onnx/encode.ts';
import { model, node, sum } from './models.ts';

describe('encoding a model', () => {
  it('writes the oldest versions that hold what trainers need', () => {
    const decoded = fromBinary(ModelProtoSchema, encodeModel(sum));
    expect(decoded.irVersion).toBe(8n);
    expect(decoded.opsetImport.map(({ domain, version }) => [domain, version])).toEqual([
      ['', 17n],
      ['ai.onnx.ml', 3n],
    ]);
  });

  it('sorts metadata by code point', () => {
    const decoded = fromBinary(ModelProtoSchema, encodeModel(sum));
    expect(decoded.metadataProps.map(({ key }) => key)).toEqual(['Beta', 'alpha', 'zeta']);
  });

  it('gives the same bytes for the same description', () => {
    const metadata = Object.fromEntries(Object.entries(sum.metadata).toReversed());
    expect(encodeModel({ ...sum, metadata })).toEqual(encodeModel(sum));
  });

  it('leaves a free first dimension before every shape', () => {
    const { graph } = fromBinary(ModelProtoSchema, encodeModel(sum));
    const tensor = graph?.input[0]?.type?.value;
    expect(tensor?.case === 'tensorType' && tensor.value.shape?.dim.map(({ value }) => value.value)).toEqual([
      'N',
      1n,
    ]);
  });

  it('keeps every kind of attribute and constant', () => {
    const everything = model({
      inputs: [],
      outputs: [],
      nodes: [
        {
          ...node('Any', [], 'out'),
          attributes: {
            f: { kind: 'float', value: 0.5 },
            i: { kind: 'int', value: -3 },
            s: { kind: 'string', value: 'é' },
            fs: { kind: 'floats', value: [1, Number.NaN] },
            is: { kind: 'ints', value: [1, 2 ** 40] },
            ss: { kind: 'strings', value: ['a', ''] },
          },
        },
      ],
      initializers: [
        { name: 'floats', type: 'float', shape: [2], values: [1.5, -2] },
        { name: 'whole', type: 'int64', shape: [1], values: [-1] },
        { name: 'texts', type: 'string', shape: [2], values: ['x', 'ü'] },
      ],
    });
    const { graph } = fromBinary(ModelProtoSchema, encodeModel(everything));
    const text = new TextDecoder();
    const found = graph?.node[0]?.attribute.map(a => [
      a.name,
      a.type,
      [a.f, Number(a.i), text.decode(a.s), a.floats, a.ints.map(Number), a.strings.map(s => text.decode(s))][
        [1, 2, 3, 6, 7, 8].indexOf(a.type)
      ],
    ]);
    expect(found).toEqual([
      ['f', 1, 0.5],
      ['i', 2, -3],
      ['s', 3, 'é'],
      ['fs', 6, [1, Number.NaN]],
      ['is', 7, [1, 2 ** 40]],
      ['ss', 8, ['a', '']],
    ]);
    expect(
      graph?.initializer.map(t => [
        t.name,
        t.dataType,
        t.dims,
        t.floatData,
        t.int64Data,
        t.stringData.map(s => text.decode(s)),
      ]),
    ).toEqual([
      ['floats', 1, [2n], [1.5, -2], [], []],
      ['whole', 7, [1n], [], [-1n], []],
      ['texts', 8, [2n], [], [], ['x', 'ü']],
    ]);
  });

  it('is read back without loss', () => {
    const bytes = encodeModel(sum);
    expect(toBinary(ModelProtoSchema, fromBinary(ModelProtoSchema, bytes))).toEqual(bytes);
  });
});
