// The second half of a chat command: what was fetched or compared for it, told where it was asked. It reads folders through
// schemas and runs nothing; which commit they have to be of, the forge says.
import { join } from 'node:path';
import { nearestWord } from '#lib/documents/nearest.ts';
import { ConfigurationError, errorMessage } from '#lib/errors.ts';
import type { ChatOptions } from '#lib/flows/chat/answer.ts';
import { readCommand } from '#lib/flows/chat/command.ts';
import { type Comment, problemBlocks, sayIn } from '#lib/flows/chat/say.ts';
import { listFolders } from '#lib/flows/ci/verify-all.ts';
import { openHost } from '#lib/flows/host.ts';
import { readProposalFolder } from '#lib/flows/proposal-folder.ts';
import { readVerification } from '#lib/flows/report.ts';
import { vocabulary } from '#lib/flows/vocabulary.ts';
import { openWorkspace } from '#lib/flows/workspace.ts';
import { explainGate, findGates } from '#lib/gates/explain.ts';
import { gatesOf } from '#lib/gates/profiles.ts';
import { listModels, readModel } from '#lib/registry/read.ts';
import type { Block } from '#lib/reports/blocks.ts';
import { asFound, type CommentInput, originOf } from '#lib/reports/comment/input.ts';
import { comparedBlocks, explainedBlocks } from '#lib/reports/comment/reply.ts';

export interface ReplyOptions extends ChatOptions {
  /** The folder with one folder per model, as `verifyAll` leaves it; it may be missing. */
  readonly verified: string;
}

/** Tells it; what cannot be told is told as that. */
export async function replyChat(options: ReplyOptions): Promise<void> {
  const workspace = await openWorkspace(options.directory);
  const { forge } = await openHost(workspace, options.access);
  const { comment } = options;
  try {
    const { head } = await forge.getPull(comment.pull);
    await sayIn(
      forge,
      comment,
      await replyTo(comment, await readAll(options.verified, head), workspace.root),
    );
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    await sayIn(forge, comment, problemBlocks(errorMessage(error), error.remedy));
  }
}

async function readAll(folder: string, head: string): Promise<readonly CommentInput[]> {
  const inputs: CommentInput[] = [];
  for (const name of await listFolders(folder)) {
    const { proposal } = await readProposalFolder(join(folder, name));
    const verification = await readVerification(join(folder, name));
    if (verification.head !== head || verification.model !== proposal.model.metadata.name) {
      throw new ConfigurationError('The pull request has moved on meanwhile', {
        remedy: 'Ask again when its new commit is verified.',
      });
    }
    inputs.push({ proposal, verification, head, history: [], links: {} });
  }
  if (inputs.length > 0) return inputs;
  throw new ConfigurationError(
    'Nothing came: what was uploaded is kept for two weeks, and a failed run uploads nothing',
    {
      remedy: 'Write: /mainline retry',
    },
  );
}

async function replyTo(
  { body }: Comment,
  inputs: readonly CommentInput[],
  root: string,
): Promise<readonly Block[]> {
  const command = readCommand(body)?.command;
  switch (command?.verb) {
    case 'explain':
      return explain(command.gate, inputs, root);
    case 'compare':
      return inputs.flatMap(input => comparedBlocks(input, command.revision));
    default:
      throw new ConfigurationError('There is nothing to reply to this');
  }
}

async function explain(
  asked: string,
  inputs: readonly CommentInput[],
  root: string,
): Promise<readonly Block[]> {
  const blocks: Block[] = [];
  for (const input of inputs) {
    const gates = findGates(asFound(input).verdict.gates, asked);
    const declared = await declaredGates(input, root);
    blocks.push(
      ...explainedBlocks(
        input,
        gates.map(gate => explainGate(gate, declared)),
      ),
    );
  }
  if (blocks.length > 0) return blocks;
  const known = [...new Set(inputs.flatMap(input => asFound(input).verdict.gates.map(({ id }) => id)))];
  const near = nearestWord(asked, known);
  throw new ConfigurationError(`There is no gate "${asked}"${near ? `; did you mean "${near}"?` : ''}`, {
    remedy: known.map(id => `/mainline explain ${id}`).join('\n'),
  });
}

/** Main's, which judged; the proposal's own only where nothing else did. */
async function declaredGates(input: CommentInput, root: string) {
  const { metadata, spec } = input.proposal.model;
  if (originOf(input) === 'claimed' || !(await listModels(root)).includes(metadata.name))
    return gatesOf(spec);
  return gatesOf((await readModel(root, metadata.name, vocabulary)).value.spec);
}
