// Evaluates a model and leaves its proposal in a folder. It runs beside proposed code, so all of it is a claim.
import { resolve } from 'node:path';
import { z } from 'zod';
import { runAction } from '#lib/action.ts';
import { evaluateModel } from '#lib/flows/ci/evaluate.ts';
import { tellLines } from '#lib/flows/ci/log.ts';
import { renderMarkdown } from '#lib/reports/markdown.ts';
import { reportProposal } from '#lib/reports/proposal/report.ts';
import { inputs, outputs } from './interface.ts';

const eventSchema = z.object({
  pull_request: z.object({ base: z.object({ ref: z.string() }) }).optional(),
  merge_group: z.object({ base_sha: z.string() }).optional(),
});

await runAction({
  inputs,
  outputs,
  run: async ({ model, base, output, threads }, context) => {
    const { workspace, event, say, signal, now } = context;
    const { pull_request: pull, merge_group: group } = eventSchema.parse(event);
    const { proposal, folder } = await evaluateModel({
      ...{ directory: workspace, model, output: resolve(workspace, output) },
      base: base ?? (pull ? `origin/${pull.base.ref}` : group?.base_sha),
      ...{ threads: threads ?? context.threads, tell: tellLines(say), signal, now },
    });
    const { slo_compliant: stands, reasons } = proposal.verdict;
    return {
      outputs: { stands: String(stands), path: folder, evidence: proposal.evidenceKey ?? '' },
      summary: renderMarkdown(reportProposal(proposal)),
      failure: stands ? undefined : [`${model} does not stand:`, ...reasons].join('\n'),
    };
  },
});
