// How dvc.yaml, dvc.lock and .dvc files are written: whole or not at all, and with what a killed command leaves in .dvc/tmp,
// where git does not see it.
import { join } from 'node:path';
import { replaceWhole } from '#lib/documents/write.ts';

/** @param root the folder that holds `.dvc` */
export function writeRecord(root: string, file: string, text: string): void {
  replaceWhole(file, text, join(root, '.dvc/tmp'));
}
