// A proposal as it travels between jobs: a folder with proposal.json and model.onnx, made by code that nobody has
// reviewed. It is data: sizes are bounded, links are refused, JSON passes its schema, and the model is bytes.
import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatJson } from '#lib/documents/canonical.ts';
import { parseDocumentText } from '#lib/documents/document.ts';
import { checkDocument, unreadable } from '#lib/documents/read.ts';
import { writeWhole } from '#lib/documents/write.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { type Proposal, proposalSchema } from '#lib/registry/proposal.ts';

export const PROPOSAL_FILE = 'proposal.json';
export const MODEL_FILE = 'model.onnx';

const MAX_PROPOSAL_BYTES = 20_000_000;
const MAX_MODEL_BYTES = 2_000_000_000;
/** A model's name is a folder's name: letters, digits, hyphens, underscores, dots inside. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/u;

export interface ProposalFolder {
  readonly proposal: Proposal;
  /** Undefined when nothing was trained. */
  readonly artifact: Uint8Array | undefined;
  /** Where it lies, absolute. */
  readonly artifactPath: string;
}

/**
 * Reads one.
 * @throws ConfigurationError for what is missing, too large, a link, or not of the schema.
 */
export async function readProposalFolder(folder: string): Promise<ProposalFolder> {
  const bytes = await readBounded(join(folder, PROPOSAL_FILE), MAX_PROPOSAL_BYTES);
  if (!bytes) {
    throw new ConfigurationError(`There is no ${PROPOSAL_FILE} in this folder`, {
      at: { file: folder },
      remedy: 'Let the evaluate action, or mainline propose, write it.',
    });
  }
  const proposal = parseProposal(bytes, join(folder, PROPOSAL_FILE));
  const artifactPath = join(folder, MODEL_FILE);
  return { proposal, artifactPath, artifact: await readBounded(artifactPath, MAX_MODEL_BYTES) };
}

/** Writes one; the model only when there is one. */
export async function writeProposalFolder(
  folder: string,
  proposal: Proposal,
  artifact: Uint8Array | undefined,
): Promise<void> {
  await writeWhole(join(folder, PROPOSAL_FILE), formatJson(proposal));
  if (artifact) await writeWhole(join(folder, MODEL_FILE), artifact);
}

/**
 * Passes the JSON of a proposal through its schema.
 * @throws ConfigurationErrors with file, line and column.
 */
export function parseProposal(bytes: Uint8Array, file: string): Proposal {
  const text = Buffer.from(bytes).toString();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ConfigurationError('This is not JSON', { at: { file }, remedy: 'Propose again.', cause });
  }
  const parsed = proposalSchema.safeParse(value);
  // The parser that knows lines is slower: it is asked only for what has to be explained.
  const proposal = parsed.success
    ? parsed.data
    : checkDocument(parseDocumentText(text, file), proposalSchema).value;
  const { name } = proposal.model.metadata;
  if (NAME.test(name)) return proposal;
  throw new ConfigurationError('The name of the model is none that a folder can have', {
    at: { file },
    remedy: 'Use letters, digits, hyphens and underscores.',
  });
}

/** The bytes of a regular file; undefined where there is none. */
async function readBounded(file: string, limit: number): Promise<Uint8Array | undefined> {
  const found = await lstat(file).catch(() => undefined);
  if (!found) return undefined;
  if (!found.isFile()) {
    throw new ConfigurationError('This is a link or a folder, where a file is needed', {
      at: { file },
      remedy: 'What a proposal brings must be files.',
    });
  }
  if (found.size > limit) {
    throw new ConfigurationError(`This file has ${found.size} bytes, and ${limit} are allowed`, {
      at: { file },
      remedy: 'Make it smaller; nothing was read.',
    });
  }
  try {
    return await readFile(file);
  } catch (cause) {
    throw unreadable(file, cause);
  }
}
