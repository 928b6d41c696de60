// Brings the packages with machine code to the runner, for the steps after this one.
import { join } from 'node:path';
import { runAction } from '#lib/action.ts';
import { installNatives } from '#lib/flows/ci/setup.ts';
import { NATIVES_VARIABLE } from '#lib/natives.ts';
import { inputs, outputs } from './interface.ts';

await runAction({
  inputs,
  outputs,
  run: async (_, { toolCache, temp, exportVariable, say, signal }) => {
    const { folder, isCached } = await installNatives({
      // The same from here and from dist/, which lies beside this folder.
      lockFolder: join(import.meta.dirname, '..', 'setup', 'natives'),
      cache: toolCache ?? temp,
      say,
      signal,
    });
    exportVariable(NATIVES_VARIABLE, folder);
    say(isCached ? 'in the tool cache already' : 'installed');
    return { outputs: { path: folder, cached: String(isCached) } };
  },
});
