// The bucket behind a remote of the configuration.
import { nearestWord } from '#lib/documents/nearest.ts';
import type { RemoteConfig } from '#lib/dvc/config/config.ts';
import type { DvcRepository } from '#lib/dvc/repository/repository.ts';
import { ConfigurationError } from '#lib/errors.ts';
import type { Bucket } from '#lib/storage/bucket.ts';
import { chooseBucket } from '#lib/storage/buckets.ts';

export interface OpenRemote {
  readonly name: string;
  readonly bucket: Bucket;
}

/** @throws ConfigurationError when there is no such remote, or none is the default */
export async function openRemote(
  { config }: DvcRepository,
  options: {
    /** The default one unless given. */
    readonly remote?: string | undefined;
    readonly env: Readonly<Record<string, string | undefined>>;
  },
): Promise<OpenRemote> {
  const { name, url, options: keys } = findRemote(config.remotes, options.remote ?? config.defaultRemote);
  refuseVersioned(name, keys);
  try {
    return { name, bucket: await chooseBucket({ url, options: keys, env: options.env }) };
  } catch (cause) {
    throw cause instanceof ConfigurationError ? named(name, cause) : cause;
  }
}

/** Objects under their plain names in a cloud's own versions would be a second layout: better refused than mixed. */
function refuseVersioned(name: string, keys: RemoteConfig['options']): void {
  const key = ['version_aware', 'worktree'].find(option => /^(?:true|on|yes|1)$/iu.test(keys[option] ?? ''));
  if (key === undefined) return;
  throw new ConfigurationError(
    `The remote ${name} keeps versions of the cloud (${key}), which is not supported yet`,
    {
      remedy: 'Use dvc itself for this remote, or push to another one with --remote.',
    },
  );
}

/** There may be several remotes: the message says which one it is about. */
function named(remote: string, cause: ConfigurationError): ConfigurationError {
  const { message, at, remedy } = cause;
  return new ConfigurationError(`The remote ${remote} cannot be used: ${message}`, { at, remedy, cause });
}

function findRemote(remotes: ReadonlyMap<string, RemoteConfig>, name: string | undefined): RemoteConfig {
  const found = name === undefined ? undefined : remotes.get(name.toLowerCase());
  if (found) return found;
  if (remotes.size === 0) {
    throw new ConfigurationError(
      name === undefined ? 'There is no remote yet' : `There is no remote ${name}`,
      {
        remedy:
          'Add one: mainline dvc remote add --default <name> <url>, where <url> is a folder or s3://bucket/path',
      },
    );
  }
  if (name === undefined) {
    throw new ConfigurationError('No remote is the default, and none was named', {
      remedy: 'Name one with --remote, or choose one: mainline dvc remote default <name>',
    });
  }
  const near = nearestWord(name, [...remotes.keys()]);
  throw new ConfigurationError(`There is no remote ${name}`, {
    remedy: near ? `Did you mean ${near}?` : 'See what there is: mainline dvc remote list',
  });
}
