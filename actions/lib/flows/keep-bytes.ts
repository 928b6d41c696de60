// The bytes of what is released: the very ones that main's lock names, kept in the store, and kept again where it lost them.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashBytes } from '#lib/dvc/objects/md5.ts';
import { ConfigurationError } from '#lib/errors.ts';
import type { OpenedCommit } from '#lib/flows/evaluate-commit.ts';
import type { Host } from '#lib/flows/host.ts';
import type { State } from '#lib/flows/state.ts';
import type { Model } from '#lib/registry/model.ts';
import type { VersionRecord } from '#lib/registry/version-record.ts';

/** A store that lost the bytes, or holds others under their name, gets them again. */
export async function keepBytes(
  { spec }: VersionRecord,
  model: Model,
  opened: OpenedCommit,
  { host, main, state }: { readonly host: Host; readonly main: string; readonly state: State },
): Promise<void> {
  const isKept = async (): Promise<boolean> => {
    try {
      return (await host.store.read(spec.artifact.sha256)) !== undefined;
    } catch (error) {
      if (error instanceof ConfigurationError) return false;
      throw error;
    }
  };
  if (await isKept()) return;
  await opened.evaluate(model.metadata.name, { state, main });
  await host.store.write(await readLocked(model, opened.workspace.root, spec.artifact.md5));
}

/**
 * What a checkout's pipeline gave.
 * @throws ConfigurationError when that is not the model that main's lock names.
 */
export async function readLocked(model: Model, root: string, md5: string): Promise<Uint8Array> {
  const { pipeline, artifact } = model.spec;
  const bytes = await readFile(join(root, pipeline, artifact.path));
  const found = hashBytes(bytes);
  if (found === md5) return bytes;
  throw new ConfigurationError(
    `The files on main give another ${artifact.path} (md5 ${found}) than main's lock names (md5 ${md5})`,
    {
      at: { file: `${pipeline}/dvc.lock` },
      remedy:
        'What nobody reviewed is not released: run mainline propose on main, commit dvc.lock, and merge it.',
    },
  );
}
