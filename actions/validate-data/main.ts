// Checks the data of a model against its contract; each broken check is shown at the line that asks for it.
import { runAction } from '#lib/action.ts';
import { tellLines } from '#lib/flows/ci/log.ts';
import { listDataProblems, reportData, validateData } from '#lib/flows/ci/validate-data.ts';
import { renderMarkdown } from '#lib/reports/markdown.ts';
import { inputs, outputs } from './interface.ts';

await runAction({
  inputs,
  outputs,
  run: async ({ model }, { workspace, say, now, signal }) => {
    const result = await validateData({ directory: workspace, model, tell: tellLines(say), now, signal });
    const { passed, contracts } = result;
    const rows = contracts.reduce((sum, { data }) => sum + data.rows, 0);
    return {
      outputs: { passed: String(passed), rows: String(rows) },
      annotations: listDataProblems(result),
      summary: renderMarkdown(reportData(result)),
      failure: passed ? undefined : `The data of ${model} breaks its contract: nothing is trained on it.`,
    };
  },
});
