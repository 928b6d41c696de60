// mainline dvc freeze / unfreeze: a stage or .dvc file that a run leaves alone, or no longer does.
import { readFileSync } from 'node:fs';
import { dumpStage } from '#lib/dvc/pipeline/dump-stage.ts';
import type { Stage } from '#lib/dvc/pipeline/stage.ts';
import type { IndexedStage } from '#lib/dvc/repository/indexed-stage.ts';
import { selectTargets } from '#lib/dvc/repository/targets.ts';
import { writeRecord } from '#lib/dvc/repository/write-record.ts';
import { editTracked } from '#lib/dvc/tracked/write-tracked.ts';
import type { RoundMap, RoundNode } from '#lib/dvc/values/round-trip.ts';
import { changeMap, memberNode } from '#lib/dvc/values/round-trip-edit.ts';
import { readRoundTrip } from '#lib/dvc/values/round-trip-read.ts';
import { writeRoundTrip } from '#lib/dvc/values/round-trip-write.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { withLock } from '#lib/flows/dvc/locked.ts';
import { type OpenOptions, openDvcRepository } from '#lib/flows/dvc/open.ts';

export interface FreezeOptions extends OpenOptions {
  readonly targets: readonly string[];
  readonly frozen: boolean;
  /** As the user typed it. */
  readonly command: string;
  readonly waitForLock?: boolean | undefined;
  readonly onWait: (who: string) => void;
}

export interface FreezeResult {
  /** Addresses of what is frozen now, or no longer. */
  readonly names: readonly string[];
  /** What could not be done; the other targets are done all the same. */
  readonly failures: readonly ConfigurationError[];
}

/** Freezes the targets or does the opposite. */
export async function freezeTargets(options: FreezeOptions): Promise<FreezeResult> {
  const repository = await openDvcRepository(options);
  const { root, directory } = repository;
  return withLock(root, options, async () => {
    const names: string[] = [];
    const failures: ConfigurationError[] = [];
    for (const target of options.targets) {
      try {
        // Read anew: two targets may stand in one file.
        const index = await repository.readIndex();
        const selected = selectTargets(index, [target], { directory, acceptGroup: false });
        for (const { stage } of selected) {
          await freeze(stage, { root, frozen: options.frozen });
          names.push(stage.name);
        }
      } catch (error) {
        if (!(error instanceof ConfigurationError)) throw error;
        failures.push(error);
      }
    }
    return { names, failures };
  });
}

async function freeze(
  { file, stage, tracked }: IndexedStage,
  { root, frozen }: { readonly root: string; readonly frozen: boolean },
): Promise<void> {
  if (tracked) writeRecord(root, file, await editTracked(tracked, root, { frozen }));
  else if (stage) writeRecord(root, file, freezeStage(readFileSync(file, 'utf8'), stage, frozen));
}

/** The text of dvc.yaml with the stage frozen or not, the bytes that DVC would write. */
export function freezeStage(text: string, stage: Stage, frozen: boolean): string {
  const document = readRoundTrip(text);
  const stages = document && memberNode(document.root, 'stages');
  const node = isMap(stages) ? memberNode(stages, stage.name) : undefined;
  if (stage.isParametrized || !document || !isMap(stages) || !isMap(node)) {
    throw new ConfigurationError(`The stage ${stage.name} is written with templates, anchors or aliases`, {
      at: stage.at,
      remedy: frozen ? 'Write "frozen: true" there by hand.' : 'Take "frozen" out there by hand.',
    });
  }
  const replace = (map: RoundMap, key: string, value: RoundNode): RoundMap => ({
    ...map,
    members: map.members.map(member => (member.key === key ? { ...member, value } : member)),
  });
  const changed = replace(stages, stage.name, changeMap(node, dumpStage(node, stage, { frozen })));
  return writeRoundTrip({ ...document, root: replace(document.root, 'stages', changed) });
}

function isMap(node: RoundNode | undefined): node is RoundMap {
  return node?.kind === 'map';
}
