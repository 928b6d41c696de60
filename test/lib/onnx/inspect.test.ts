// The hostile corpus: files that people bring by mistake, and files that somebody built to do harm.
import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import {
  TensorProto_DataLocation as DataLocation,
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  type TensorProtoSchema,
} from 'onnx-buf';
import { describe, expect, it } from 'vitest';
import { ConfigurationError, ConfigurationErrors } from '#lib/errors.ts';
import { encodeModel } from '#lib/onnx/encode.ts';
import { inspectModel } from '#lib/onnx/inspect.ts';
import { exceedsMemory } from '#lib/onnx/parse-cost.ts';
import { sum } from './models.ts';

const good = encodeModel(sum);

/** The good model's bytes after a change to its message. */
function changed(change: (model: ModelProto) => void): Uint8Array {
  const model = fromBinary(ModelProtoSchema, good);
  change(model);
  return toBinary(ModelProtoSchema, model);
}

function refusal(
  bytes: Uint8Array,
  options = {},
): readonly { message: string; remedy: string | undefined }[] {
  try {
    inspectModel(bytes, { file: 'model.onnx', ...options });
  } catch (thrown) {
    if (thrown instanceof ConfigurationErrors) return thrown.problems;
    if (thrown instanceof ConfigurationError) return [thrown];
    throw thrown;
  }
  return [];
}

describe('a good model', () => {
  it('is admitted and described', () => {
    expect(inspectModel(good, { file: 'model.onnx' })).toEqual({
      irVersion: 8,
      opsets: { '': 17, 'ai.onnx.ml': 3 },
      producer: 'test 1',
      interface: {
        inputs: [
          { name: 'a', type: 'float', shape: [-1, 1] },
          { name: 'b', type: 'float', shape: [-1, 1] },
        ],
        outputs: [{ name: 'prediction', type: 'float', shape: [-1, 1] }],
      },
      metadata: sum.metadata,
    });
  });

  it('constants that an old exporter lists among the inputs are not inputs', () => {
    const bytes = changed(({ graph }) => {
      graph?.initializer.push(
        ...create(GraphProtoSchema, { initializer: [{ name: 'b', dims: [1n], dataType: 1 }] }).initializer,
      );
    });
    expect(inspectModel(bytes, { file: 'model.onnx' }).interface.inputs.map(({ name }) => name)).toEqual([
      'a',
    ]);
  });
});

describe('files that are no models', () => {
  const latin = (text: string): Uint8Array => Buffer.from(text, 'latin1');

  it.each([
    ['nothing at all', latin(''), 'it is empty', 'Run the stage that writes it again.'],
    ['text', latin('minutes,count\n12,4\n'), 'it holds text', /Export the model to ONNX/],
    [
      'a DVC pointer',
      latin('outs:\n- md5: 0123\n  path: model.onnx\n'),
      'it is a DVC pointer',
      'Run: dvc pull',
    ],
    [
      'an LFS pointer',
      latin('version https://git-lfs.github.com/spec/v1\n'),
      'it is a Git LFS pointer',
      'Run: git lfs pull',
    ],
    [
      'a pickle',
      latin('\x80\x04\x95\x10\x00sklearn'),
      'it is a Python pickle, which is never loaded',
      /Export the model to ONNX/,
    ],
    [
      'a PyTorch archive',
      latin('PK\x03\x04\x00\x00'),
      'it is a ZIP archive, as PyTorch and NumPy write',
      /Export the model to ONNX/,
    ],
    [
      'a truncated model',
      good.subarray(0, good.length - 20),
      'it is damaged, cut off or of another kind',
      /fetch it again/,
    ],
    ['the empty message', Uint8Array.of(8, 8), 'it is damaged, cut off or of another kind', /fetch it again/],
  ])('%s is refused in words that help', (_, bytes, what, remedy) => {
    const [problem] = refusal(bytes);
    expect(problem?.message).toBe(`model.onnx is not an ONNX model: ${what}`);
    expect(problem?.remedy).toMatch(remedy);
  });

  it('a truncated model is refused, unless only trailing notes are lost', () => {
    const whole = inspectModel(good, { file: 'model.onnx' }).interface;
    const admitted: number[] = [];
    for (let length = 0; length < good.length; length++) {
      const part = good.subarray(0, length);
      if (refusal(part).length > 0) continue;
      expect(inspectModel(part, { file: 'model.onnx' }).interface).toEqual(whole);
      admitted.push(length);
    }
    // Behind the first operator set, the second, and two of three metadata entries.
    expect(admitted).toHaveLength(4);
  });

  it('a message without an IR version is no model', () => {
    const bytes = changed(model => Object.assign(model, { irVersion: 0n }));
    expect(refusal(bytes)).toMatchObject([{ message: expect.stringContaining('is not an ONNX model') }]);
  });

  it('random bytes never crash the inspection', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
        expect(refusal(bytes).length).toBeGreaterThan(0);
      }),
    );
  });

  it('a model with any one byte changed is refused or described, never a crash', () => {
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), (at, byte) => {
        const bytes = good.slice();
        bytes[at] = byte;
        expect(refusal(bytes).length).toBeLessThan(6);
      }),
    );
  });
});

describe('models that may not be loaded', () => {
  const external: MessageInitShape<typeof TensorProtoSchema> = {
    name: 'weights',
    dataLocation: DataLocation.EXTERNAL,
    externalData: [{ key: 'location', value: '../../etc/passwd' }],
  };
  const addToGraph =
    (extra: MessageInitShape<typeof GraphProtoSchema>) =>
    ({ graph }: ModelProto): void => {
      const parts = create(GraphProtoSchema, extra);
      graph?.initializer.push(...parts.initializer);
      graph?.sparseInitializer.push(...parts.sparseInitializer);
      graph?.node.push(...parts.node);
    };

  it.each([
    ['as an initializer', { initializer: [external] }],
    ['inside a sparse initializer', { sparseInitializer: [{ values: { name: 'x' }, indices: external }] }],
    ['as a node’s attribute', { node: [{ opType: 'Constant', attribute: [{ t: external }] }] }],
    [
      'among a node’s attribute’s tensors',
      { node: [{ opType: 'Constant', attribute: [{ tensors: [external] }] }] },
    ],
    [
      'in a graph inside a graph',
      {
        node: [
          {
            opType: 'If',
            attribute: [
              { g: { node: [{ opType: 'Scan', attribute: [{ graphs: [{ initializer: [external] }] }] }] } },
            ],
          },
        ],
      },
    ],
  ])('data in another file, %s', (_, extra) => {
    expect(refusal(changed(addToGraph(extra)))).toMatchObject([
      {
        message: 'model.onnx reads the tensor "weights" from another file',
        remedy: expect.stringContaining('onnx.save'),
      },
    ]);
  });

  it('a location without the mark of external data counts as well', () => {
    const sly = { ...external, dataLocation: DataLocation.DEFAULT };
    expect(refusal(changed(addToGraph({ initializer: [sly] })))).toHaveLength(1);
  });

  it('operators of a foreign set, even when hidden in an inner graph', () => {
    const inner = {
      node: [{ opType: 'If', attribute: [{ g: { node: [{ opType: 'Run', domain: 'com.evil' }] } }] }],
    };
    expect(refusal(changed(addToGraph(inner)))).toMatchObject([
      { message: 'model.onnx uses operators of "com.evil"' },
    ]);
  });

  it.each([
    ['without end', { node: [{ opType: 'Loop' }] }, 'Loop'],
    [
      'of random numbers, in an inner graph',
      { node: [{ opType: 'If', attribute: [{ g: { node: [{ opType: 'RandomNormal' }] } }] }] },
      'RandomNormal',
    ],
    [
      'that throw dice when they are told to',
      { node: [{ opType: 'Dropout', input: ['a', 'ratio', 'yes'] }] },
      'Dropout',
    ],
    ['under the set’s other name', { node: [{ opType: 'Resize', domain: 'ai.onnx' }] }, 'Resize'],
    ['of trees that nobody knows', { node: [{ opType: 'TreeSwarm', domain: 'ai.onnx.ml' }] }, 'TreeSwarm'],
  ])('operators %s', (_, extra, name) => {
    expect(refusal(changed(addToGraph(extra)))).toMatchObject([
      {
        message: `model.onnx uses the operator "${name}", which is not admitted`,
        remedy: expect.stringContaining('scikit-learn'),
      },
    ]);
  });

  it('dropout as it is left in a model that only answers is admitted', () => {
    expect(refusal(changed(addToGraph({ node: [{ opType: 'Dropout', input: ['a', 'ratio'] }] })))).toEqual(
      [],
    );
  });

  it('many such operators are few messages', () => {
    const swarm = { node: Array.from({ length: 50 }, (_, i) => ({ opType: `Strange${i % 9}` })) };
    expect(refusal(changed(addToGraph(swarm)))).toHaveLength(5);
  });

  it('operators whose version is not declared', () => {
    const bytes = changed(model => Object.assign(model, { opsetImport: [] }));
    expect(refusal(bytes)).toMatchObject([
      { message: 'model.onnx does not say which version of ai.onnx it uses' },
    ]);
  });

  it.each([
    [
      'too new an IR',
      (m: ModelProto) => Object.assign(m, { irVersion: 99n }),
      'has IR version 99, at most 10 is read',
    ],
    [
      'too new an operator set',
      (m: ModelProto) => Object.assign(m.opsetImport[0]!, { version: 99n }),
      'uses ai.onnx 99, at most 21 is read',
    ],
    [
      'the other name of the standard set',
      (m: ModelProto) => Object.assign(m.opsetImport[0]!, { domain: 'ai.onnx', version: 99n }),
      'uses ai.onnx 99, at most 21 is read',
    ],
    [
      'functions',
      (m: ModelProto) =>
        Object.assign(m, { functions: create(ModelProtoSchema, { functions: [{ name: 'f' }] }).functions }),
      'defines functions of its own',
    ],
    [
      'training information',
      (m: ModelProto) =>
        Object.assign(m, { trainingInfo: create(ModelProtoSchema, { trainingInfo: [{}] }).trainingInfo }),
      'carries training information',
    ],
    [
      'a sequence as output',
      (m: ModelProto) => Object.assign(m.graph!.output[0]!.type!, { value: { case: undefined } }),
      'has an output "prediction" that is not a tensor',
    ],
    [
      'an input of no type',
      (m: ModelProto) => Object.assign(m.graph!.input[1]!.type!, { value: { case: undefined } }),
      'has an input "b" that is not a tensor',
    ],
    ['no output', (m: ModelProto) => Object.assign(m.graph!, { output: [] }), 'has no output'],
  ])('%s', (_, change, message) => {
    expect(refusal(changed(change)).map(problem => problem.message)).toEqual([`model.onnx ${message}`]);
  });

  it('all problems are named at once', () => {
    const bytes = changed(model => {
      model.irVersion = 99n;
      addToGraph({ initializer: [external] })(model);
    });
    expect(refusal(bytes)).toHaveLength(2);
  });
});

describe('sizes', () => {
  it('a file above the limit is refused before it is parsed', () => {
    expect(refusal(new Uint8Array(50_000_001))).toMatchObject([
      { message: 'model.onnx has 50.0 MB, at most 50.0 MB are allowed' },
    ]);
    expect(refusal(good, { maxBytes: 10 })[0]?.message).toBe(
      'model.onnx has 0.0 MB, at most 0.0 MB are allowed',
    );
  });

  /** A model whose graph is a run of empty nodes: two bytes each in the file, an object each in memory. */
  const swarm = (nodes: number): Uint8Array => {
    const body = Uint8Array.from({ length: 2 * nodes }, (_, i) => (i % 2 === 0 ? 0x0a : 0));
    const size: number[] = [];
    for (let rest = body.length; ; rest >>>= 7) {
      size.push(rest > 127 ? (rest & 127) | 128 : rest);
      if (rest <= 127) break;
    }
    return Uint8Array.from([0x08, 8, 0x3a, ...size, ...body]);
  };

  it('few bytes that would parse to many objects are found without parsing', () => {
    expect(exceedsMemory(swarm(1000), 300_000)).toBe(true);
    expect(exceedsMemory(swarm(1000), 400_000)).toBe(false);
    expect(refusal(swarm(10_000_000))).toHaveLength(1);
  });

  it('graphs nested without end are refused, before and while parsing', () => {
    let nested = new Uint8Array();
    // From inside out: a graph in an attribute in a node in a graph ...
    for (let depth = 0; depth < 150; depth++) {
      const tag = [0x32, 0x2a, 0x0a][depth % 3] ?? 0;
      nested = Uint8Array.of(tag, (nested.length & 127) | 128, nested.length >> 7, ...nested);
    }
    const bytes = Uint8Array.of(0x08, 8, 0x3a, (nested.length & 127) | 128, nested.length >> 7, ...nested);
    expect(() => exceedsMemory(bytes, 1e9)).toThrow('Messages nest deeper than 100');
    expect(refusal(bytes)).toHaveLength(1);
  });
});
