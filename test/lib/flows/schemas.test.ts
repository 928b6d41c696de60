import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { jsonSchemas } from '#lib/flows/schemas.ts';

const root = join(import.meta.dirname, '..', '..', '..');

it.each([
  ['models/delivery-time/model.yaml', 'model'],
  ['models/credit-default/model.yaml', 'model'],
  ['pipelines/delivery-time/dvc.yaml', 'dvc'],
  ['pipelines/credit-default/dvc.yaml', 'dvc'],
  ['pipelines/delivery-time/params.yaml', 'params'],
  ['pipelines/credit-default/params.yaml', 'params'],
  ['data/deliveries/contract.odcs.yaml', 'odcs'],
  ['data/lending-club/contract.odcs.yaml', 'odcs'],
])('%s begins with the comment that tells an editor its schema', async (file, name) => {
  const [first] = (await readFile(join(root, file), 'utf8')).split('\n');
  expect(first).toBe(`# yaml-language-server: $schema=../../actions/schemas/${name}.schema.json`);
  expect(Object.keys(jsonSchemas())).toContain(name);
});

it('an editor completes the parameters of each trainer with their descriptions', () => {
  const text = JSON.stringify(jsonSchemas()['params']);
  for (const word of ['gradient-boosting', 'learningRate', 'minLeafRows', 'testShare'])
    expect(text).toContain(word);
});
