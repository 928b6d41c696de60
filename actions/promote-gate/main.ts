// Sets the check mainline/approval from what main's rules say of a commit; none of its own files is run or believed.
import { z } from 'zod';
import { runAction } from '#lib/action.ts';
import { gateAll } from '#lib/flows/ci/gate-all.ts';
import type { GateSubject } from '#lib/flows/promote-gate.ts';
import { inputs, outputs } from './interface.ts';

const shaSchema = z.string().regex(/^[0-9a-f]{40,64}$/u);
const eventSchema = z.union([
  z.object({ pull_request: z.object({ head: z.object({ sha: shaSchema }) }) }),
  z.object({ workflow_run: z.object({ head_sha: shaSchema, head_branch: z.string(), event: z.string() }) }),
]);
/** GitHub's own name for a group of a merge queue; nobody else can push there. */
const QUEUED = /^gh-readonly-queue\/.+\/pr-(\d+)-[0-9a-f]{40}$/u;

function subjectOf(event: z.output<typeof eventSchema>): GateSubject {
  if ('pull_request' in event) return { head: event.pull_request.head.sha };
  const { head_sha: head, head_branch: branch, event: name } = event.workflow_run;
  const [, number] = name === 'merge_group' ? (QUEUED.exec(branch) ?? []) : [];
  return number === undefined ? { head } : { number: Number(number), commit: head };
}

await runAction({
  inputs,
  outputs,
  secrets: ['token'],
  run: async ({ token }, { workspace, repository, apiUrl, serverUrl, event, runUrl, say }) => {
    const { pulls, conclusion, title, summary } = await gateAll({
      ...{ directory: workspace, subject: subjectOf(eventSchema.parse(event)), detailsUrl: runUrl },
      access: { repository, token, apiUrl, serverUrl },
    });
    const named = pulls.map(number => `#${number}`).join(', ');
    say(named === '' ? title : `${named}: ${title}`);
    return {
      outputs: { pulls: JSON.stringify(pulls), approved: String(conclusion === 'success') },
      summary: `## ${named === '' ? title : `${named}: ${title}`}\n\n${summary}`,
    };
  },
});
