// mainline dvc cache migrate: for repositories that began with DVC 2.
import { counted } from '../counted.ts';
import { say } from '../say.ts';
import type { Verb } from './verb.ts';
import { addWriteOptions, sayWritten, type WriteOptions, writing } from './write-options.ts';

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

async function run({ dry = false, dvcFiles = false, ...options }: Options): Promise<void> {
  const { migrateCache } = await import('#lib/flows/dvc/cache-migrate.ts');
  const { found, migrated, entries, left, written } = await migrateCache({
    ...writing(options),
    ...{ dry, dvcFiles },
  });
  if (options.quiet) return;
  if (dry) say('note', `${counted(found, 'object')} of DVC 2 would be hashed again and get a second name`);
  else say('done', `${migrated} of ${counted(found, 'object')} of DVC 2 got a second name`);
  for (const name of entries) say(dry ? 'note' : 'done', `${name}${dry ? ' would be' : ''} in DVC 3's form`);
  for (const name of left) say('stopped', `${name} stays as it is: its data is not in the work tree`);
  sayWritten(written);
}
