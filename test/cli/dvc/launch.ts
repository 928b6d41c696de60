// Runs the program as people do, with an empty home.
import { type Answer, launchDvc } from '../../support/launch-dvc.ts';

/** `mainline dvc` with these words; git finds an author in the environment. */
export function launch(words: readonly string[], folder: string): Promise<Answer> {
  return launchDvc(words, { folder, env: { PATH: process.env.PATH, HOME: folder, NO_COLOR: '1' } });
}
