// Runs the stale stages of a model's pipeline: proposed code, so the job has no rights and no secrets.
import { runAction } from '#lib/action.ts';
import { tellLines } from '#lib/flows/ci/log.ts';
import { trainModel } from '#lib/flows/ci/train.ts';
import { inputs, outputs } from './interface.ts';

await runAction({
  inputs,
  outputs,
  run: async ({ model, force, threads }, { workspace, say, signal, now, ...context }) => {
    const { stages, artifact } = await trainModel({
      ...{ directory: workspace, model, force, threads: threads ?? context.threads },
      ...{ tell: tellLines(say), signal, now },
    });
    return {
      outputs: {
        stages: JSON.stringify(Object.fromEntries(stages.map(({ name, status }) => [name, status]))),
        trained: String(stages.some(({ status }) => status === 'ran')),
        sha256: artifact,
      },
    };
  },
});
