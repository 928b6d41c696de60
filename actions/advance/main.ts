// Moves rollouts to their next pause: on a schedule whatever may move without a person, by a person's word one of them.
import { runAction } from '#lib/action.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { type AdvanceAllOptions, advanceAll, type Moved } from '#lib/flows/advance-all.ts';
import { describeMoved, reportRows } from '#lib/flows/ci/moves.ts';
import { advance } from '#lib/flows/move-rollout.ts';
import { renderMarkdown } from '#lib/reports/markdown.ts';
import { inputs, outputs } from './interface.ts';

interface Asked {
  readonly model?: string | undefined;
  readonly environment?: string | undefined;
  readonly skip?: string | undefined;
}

await runAction({
  inputs,
  outputs,
  secrets: ['token'],
  run: async ({ token, ...asked }, context) => {
    const { workspace, repository, apiUrl, serverUrl, eventName, actor, say, now } = context;
    // Of a schedule GitHub names whoever edited the workflow last.
    const by = eventName === 'schedule' ? 'github-actions[bot]' : actor;
    const access = { repository, token, apiUrl, serverUrl };
    const rows = (await move(asked, { directory: workspace, access, by, now })).map(describeMoved);
    for (const { what, outcome, says } of rows) say(`${what}: ${outcome}; ${says}`);
    const stuck = rows.filter(({ outcome }) => outcome === 'refused');
    return {
      outputs: { results: JSON.stringify(rows) },
      summary: renderMarkdown(reportRows('Advanced', rows)),
      annotations: stuck.map(({ what, says }) => ({ level: 'warning', message: `${what}: ${says}` })),
      failure:
        asked.model && rows[0]?.outcome === 'waiting' ? `It stays where it is: ${rows[0].says}` : undefined,
    };
  },
});

async function move(
  { model, environment, skip }: Asked,
  options: AdvanceAllOptions,
): Promise<readonly Moved[]> {
  if (model && environment) {
    const why = skip === undefined ? {} : { skip: { reason: skip } };
    return [
      { model, environment, ...(await advance({ ...options, ...why, model, environment, servers: [] })) },
    ];
  }
  if (!model && !environment && !skip) return advanceAll(options);
  throw new ConfigurationError(
    'A person moves one rollout at a time: model and environment are needed together',
  );
}
