// Numbers what was merged: evidence derived again, bytes kept, the record on the state branch, the first promotion opened.
import { runAction } from '#lib/action.ts';
import { tellLines } from '#lib/flows/ci/log.ts';
import { describeReleased, refusalsOf, reportRows } from '#lib/flows/ci/moves.ts';
import { release } from '#lib/flows/release.ts';
import { renderMarkdown } from '#lib/reports/markdown.ts';
import { inputs, outputs } from './interface.ts';

await runAction({
  inputs,
  outputs,
  secrets: ['token'],
  run: async ({ models, token, threads }, context) => {
    const { workspace, repository, apiUrl, serverUrl, actor, say, signal, now } = context;
    const results = await release({
      ...{ directory: workspace, models, by: actor },
      access: { repository, token, apiUrl, serverUrl },
      ...{ threads: threads ?? context.threads, tell: tellLines(say), signal, now },
    });
    const rows = results.map(describeReleased);
    const released = results.flatMap(result =>
      result.outcome === 'released' ? [{ model: result.model, version: result.record.metadata.version }] : [],
    );
    for (const { what, outcome, says } of rows) say(`${what}: ${outcome}; ${says}`);
    return {
      outputs: { released: JSON.stringify(released), results: JSON.stringify(rows) },
      summary: renderMarkdown(reportRows('Released', rows)),
      failure: refusalsOf(rows),
    };
  },
});
