// `dvc status --cloud`: the cache compared with a remote.
import { ConfigurationError } from '#lib/errors.ts';

export async function runCloudStatus(_targets: readonly string[], _options: object): Promise<void> {
  throw new ConfigurationError('status --cloud is not there yet', {
    remedy: 'See mainline dvc data status --not-in-remote.',
  });
}
