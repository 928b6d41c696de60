// The process that runs a stranger's model for limited-scorer.ts: opens it, scores, and ends with its channel.
import { ConfigurationError, errorMessage } from '#lib/errors.ts';
import type { LimitedReply, LimitedRequest } from '#lib/onnx/limited-message.ts';
import type { Scorer } from '#lib/onnx/scorer.ts';
import { openScorer } from '#lib/onnx/session.ts';

let scorer: Scorer | undefined;

async function answer(request: LimitedRequest): Promise<LimitedReply> {
  try {
    if (request.kind === 'open') {
      const { kind: _, bytes, ...options } = request;
      scorer = await openScorer(bytes, options);
      return { kind: 'opened', interface: scorer.interface };
    }
    if (!scorer) throw new Error('No model is open');
    const { table, classes } = request;
    const scores = await (classes === undefined ? scorer.score(table) : scorer.scoreClasses(table, classes));
    return { kind: 'scores', scores };
  } catch (error) {
    const message = errorMessage(error);
    if (error instanceof ConfigurationError) return { kind: 'refused', message, remedy: error.remedy };
    return { kind: 'failed', message };
  }
}

process.on('message', async request => process.send?.(await answer(request as LimitedRequest)));
process.once('disconnect', () => process.exit());
