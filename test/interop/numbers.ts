// Every kind of number that a report can hold, measured by the library on models that scikit-learn trained. The Python files
// beside this one compute the same from the same files; names say what belongs together.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sample } from '#lib/evaluation/metric.ts';
import { readStructure } from '#lib/onnx/read-structure.ts';
import { openScorer } from '#lib/onnx/session.ts';
import { measureEvaluation } from './numbers-evaluation.ts';
import { measureExplanations } from './numbers-explanation.ts';
import { measurePairs } from './numbers-pairs.ts';
import { measureSamples } from './numbers-samples.ts';
import { type Measured, type Numbers, readTables, sampleOf, taskSchema } from './numbers-task.ts';

/** @param folder of one task: task.json, train.csv, test.csv, champion.onnx, challenger.onnx */
export async function measureTask(folder: string): Promise<Numbers> {
  const task = taskSchema.parse(JSON.parse(await readFile(join(folder, 'task.json'), 'utf8')));
  const [train, test] = await readTables(folder, task);
  const [champion, challenger] = await Promise.all(
    ['champion', 'challenger'].map(async name => {
      const bytes = await readFile(join(folder, `${name}.onnx`));
      const scorer = await openScorer(bytes, { features: task.features });
      return { name, scorer, structure: readStructure(bytes, { features: task.features }) };
    }),
  );
  if (!champion || !challenger) throw new RangeError('Two models are compared');
  const samples = {
    champion: await sampleOf(champion.scorer, test, task),
    challenger: await sampleOf(challenger.scorer, test, task),
  };
  const measured: Measured = { task, train, test, ...samples };
  const numbers = {
    answers: {
      champion: answersOf(samples.champion),
      challenger: answersOf(samples.challenger),
    },
    ...measureEvaluation(measured),
    ...measurePairs(measured),
    ...measureSamples(measured),
    ...(await measureExplanations(measured, [champion, challenger])),
  };
  await Promise.all([champion, challenger].map(({ scorer }) => scorer.close()));
  return numbers;
}

function answersOf({ prediction, classes }: Sample): readonly number[] {
  return [...(classes?.probabilities ?? prediction)];
}
