// Takes over what main says of traffic, after bytes, record and approval are derived again: the lock that holds.
import { runAction } from '#lib/action.ts';
import { describeRolledOut, refusalsOf, reportRows } from '#lib/flows/ci/moves.ts';
import { rollout } from '#lib/flows/rollout.ts';
import { renderMarkdown } from '#lib/reports/markdown.ts';
import { inputs, outputs } from './interface.ts';

await runAction({
  inputs,
  outputs,
  secrets: ['token'],
  run: async ({ model, environment, token }, context) => {
    const { workspace, repository, apiUrl, serverUrl, actor, say, now } = context;
    const results = await rollout({
      ...{ directory: workspace, model, environment, by: actor, now },
      access: { repository, token, apiUrl, serverUrl },
    });
    const rows = results.map(describeRolledOut);
    for (const { what, outcome, says } of rows) say(`${what}: ${outcome}; ${says}`);
    return {
      outputs: { results: JSON.stringify(rows) },
      summary: renderMarkdown(reportRows('Rolled out', rows)),
      failure: refusalsOf(rows),
    };
  },
});
