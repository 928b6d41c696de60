// The bytes of each trainer's model on one small data set. When a digest changes, so will every model of every team:
// raise the trainer's version (in its file and in trainers.json) and put the new digest here.
import { describe, expect, it } from 'vitest';
import { digestBytes } from '#lib/documents/canonical.ts';
import { encodeModel } from '#lib/onnx/encode.ts';
import { findTrainer, trainers } from '#lib/training/trainers.ts';
import { mixedSet } from './sets.ts';

const pinned: Readonly<Record<string, string>> = {
  'linear@1 regression': 'sha256:3c29984d099bdbcf06188e302624fb6d7cb711f2cc06088ed7a6f7a1ee85dde7',
  'logistic@1 binary-classification':
    'sha256:b58c37ed85bfef31c3c154b92c08da36ecb307a84ad7ffb75a71477e977bedcf',
  'random-forest@1 regression': 'sha256:e63130fa2f229c61c53023cab1e99392fe2396cf1b5b82de13e0bb69a53d02d6',
  'random-forest@1 binary-classification':
    'sha256:7965e57138df12eb1d47a2f1b70079a1c41500d8cafc4ec7887c6f898f726c0a',
  'gradient-boosting@1 regression': 'sha256:27aee5a52968303d5e8bde5e6449eb4bd6b626da733f7e765486bfa5cd20f2a2',
  'gradient-boosting@1 binary-classification':
    'sha256:fe5ede1ccd8d643c38ff804830eed6f6f69823160d9b40a0a4a506a00164825d',
};

const sampled: Readonly<Record<string, object>> = {
  'gradient-boosting': { trees: 20, rowShare: 0.7, featureShare: 0.7 },
  'random-forest': { trees: 20 },
};

describe('the bytes of a model', () => {
  it.each(
    [...trainers.values()].flatMap(({ name, version, tasks }) =>
      tasks.map(task => ({ name, version, task })),
    ),
  )('$name@$version for $task are those that were pinned', ({ name, version, task }) => {
    const model = findTrainer(name).fit(mixedSet(task), sampled[name] ?? {}, { seed: 42 });
    expect(digestBytes(encodeModel(model.toOnnx('pinned')))).toBe(pinned[`${name}@${version} ${task}`]);
  });
});
