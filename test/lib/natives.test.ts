import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ConfigurationError } from '#lib/errors.ts';
import { loadNative, NATIVES_VARIABLE } from '#lib/natives.ts';

/** A folder with an onnxruntime-node of our own making. */
async function placeWith(code: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'natives-'));
  const own = join(folder, 'node_modules', 'onnxruntime-node');
  await mkdir(own, { recursive: true });
  await writeFile(join(own, 'index.js'), code);
  return folder;
}

test('the first place that has a package gives it', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'natives-'));
  const [first, second] = [await placeWith('exports.of = 1'), await placeWith('exports.of = 2')];
  expect(loadNative('onnxruntime-node', { from: [empty, first, second] })).toEqual({ of: 1 });
  expect(loadNative('onnxruntime-node', { from: [second, first] })).toEqual({ of: 2 });
});

test('what actions/setup installed comes before what lies beside the code', async () => {
  process.env[NATIVES_VARIABLE] = await placeWith('exports.of = "tool cache"');
  try {
    expect(loadNative('onnxruntime-node')).toEqual({ of: 'tool cache' });
  } finally {
    delete process.env[NATIVES_VARIABLE];
  }
  expect(loadNative('onnxruntime-node')).toHaveProperty('InferenceSession');
});

test('a package that is nowhere names the step to add', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'natives-'));
  const load = (): unknown => loadNative('@duckdb/node-api', { from: [empty] });
  expect(load).toThrow(ConfigurationError);
  expect(load).toThrow(
    expect.objectContaining({
      message: '@duckdb/node-api is not installed',
      remedy: expect.stringContaining('actions/setup'),
    }),
  );
});

test('a binary for another machine is told as such, not as one that is missing', async () => {
  const foreign = await placeWith("throw new Error('wrong ELF class')");
  const load = (): unknown => loadNative('onnxruntime-node', { from: [foreign] });
  expect(load).toThrow(ConfigurationError);
  expect(load).toThrow('onnxruntime-node cannot be loaded here: wrong ELF class');
});
