// mainline dvc cache migrate: for repositories that began with DVC 2.
import { say } from '../say.ts';
import type { Verb } from './verb.ts';
import { addWriteOptions, type WriteOptions, writing } from './write-options.ts';

interface Options extends WriteOptions {
  readonly dry?: boolean;
  readonly dvcFiles?: boolean;
}

export const verb: Verb = {
  description: "give objects of DVC 2 a place in DVC 3's cache; the old names stay",
  define: command =>
    addWriteOptions(command)
      .option('--dvc-files', 'also bring entries of .dvc and dvc.lock files to the form of DVC 3')
      .option('--dry', 'only say what would be done')
      .addHelpText(
        'after',
        `
Examples:
  mainline dvc cache migrate --dry
  mainline dvc cache migrate --dvc-files`,
      )
      .action(run),
};

async function run(options: Options): Promise<void> {
  const { migrateCache } = await import('#lib/flows/dvc/cache-migrate.ts');
  const { found, migrated } = await migrateCache({ ...writing(options), dry: options.dry ?? false });
  if (options.quiet) return;
  if (options.dry) say('note', `${found} objects of DVC 2 would be hashed again and get a second name`);
  else say('done', `${migrated} of ${found} objects of DVC 2 got a second name`);
}
