// Which kind of bucket an address means: one line per scheme.
import { ConfigurationError } from '#lib/errors.ts';
import type { Bucket } from '#lib/storage/bucket.ts';

export interface BucketPlace {
  /** A folder's absolute path, or an address with its scheme. */
  readonly url: string;
  /** As DVC's configuration names them. May hold secrets. */
  readonly options: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

type Open = (place: BucketPlace) => Promise<Bucket>;

const KINDS: Readonly<Record<string, Open>> = {
  '': async ({ url, options }) => {
    const { openFolderBucket } = await import('#lib/storage/folder-bucket.ts');
    return openFolderBucket({ folder: url, shared: options.shared !== undefined });
  },
  s3: async place => (await import('#lib/storage/s3-bucket.ts')).openS3Bucket(place),
};

/** @throws ConfigurationError for kinds of places that are not there yet */
export function chooseBucket(place: BucketPlace): Promise<Bucket> {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//iu.exec(place.url)?.[1]?.toLowerCase() ?? '';
  const open = Object.hasOwn(KINDS, scheme) ? KINDS[scheme] : undefined;
  if (open) return open(place);
  throw new ConfigurationError(`Remotes at ${scheme}:// are not supported yet`, {
    remedy: 'There are folders and s3:// so far; use dvc itself for this remote.',
  });
}
