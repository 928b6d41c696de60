// Writes down that all is up to date, with everything that this rests on.
import { join } from 'node:path';
import { type Answer, writeAnswer } from '#lib/dvc/answer/answer-file.ts';
import { findPlaces, type Looked } from '#lib/dvc/answer/evidence.ts';
import { takeRows } from '#lib/dvc/answer/stamps.ts';
import { configFile, LEVELS } from '#lib/dvc/config/place.ts';
import { gitFiles } from '#lib/dvc/repository/git-ignore.ts';
import { indexedStages } from '#lib/dvc/repository/indexed-stage.ts';
import type { DvcRepository } from '#lib/dvc/repository/repository.ts';
import type { RepositoryIndex } from '#lib/dvc/repository/repository-index.ts';
import type { OnLook } from '#lib/dvc/repository/work-tree-source.ts';
import { journalFile } from '#lib/dvc/run/journal.ts';
import { type Asker, answerFile, answerKey, foldersUpTo, type Question } from '#lib/flows/dvc/answer.ts';
import type { OpenOptions } from '#lib/flows/dvc/open.ts';

/** Notes what is looked at while an answer is looked up. */
export interface Watch {
  readonly onLook: OnLook;
  /** Remembers that nothing was to be done; quietly not, where that cannot be relied on. */
  remember(found: Found): void;
}

interface Found extends Answer {
  readonly repository: DvcRepository;
  readonly index: RepositoryIndex;
}

/** Begins before anything is read; undefined where nobody asks the same again. */
export function watchFor(request: OpenOptions, question: Question | undefined): Watch | undefined {
  if (question === undefined) return undefined;
  const asker: Asker = { ...request, ...question };
  const beganAt = request.now();
  const [texts, folders] = [new Set<string>(), new Set<string>()];
  return {
    onLook: (path, kind) => (kind === 'text' ? texts : folders).add(path),
    remember: ({ repository, index, stages }) => {
      const { root } = repository;
      try {
        const rows = findRows({ repository, index, looked: { texts, folders } }, asker, beganAt);
        if (rows) writeAnswer(answerFile(root, asker), { key: answerKey(root, asker), stages, rows });
      } catch {
        // What cannot be looked at now is looked up again the next time.
      }
    },
  };
}

function findRows(
  { repository, index, looked }: Omit<Found, 'stages'> & { readonly looked: Looked },
  { env }: Asker,
  beganAt: number,
) {
  const { root, gitRoot, cache } = repository;
  const configs = LEVELS.flatMap(level => configFile(level, { root, env, platform: process.platform }) ?? []);
  const files = [...configs, ...(gitRoot === undefined ? [] : gitFiles(gitRoot))];
  const stages = indexedStages(index);
  const whole = findPlaces({ root, gitRoot, looked, files, stages, cache });
  // Git changes its own folder all the time, and so do we with ours.
  const kinds = [journalFile(root), ...foldersUpTo(root, gitRoot).map(folder => join(folder, '.git'))];
  return whole && takeRows({ whole, kinds }, beganAt);
}
