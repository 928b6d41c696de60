// Writes a report where the user wants it.
import { resolve } from 'node:path';
import { writeWhole } from '#lib/documents/write.ts';

/** @param file from where the process stands */
export async function writeReport(file: string, text: string): Promise<void> {
  await writeWhole(resolve(file), text);
}
