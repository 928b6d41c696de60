// mainline dvc unfreeze: the opposite of freeze.
import { createFreezeVerb } from './freeze-command.ts';

export const verb = createFreezeVerb(false, 'let frozen stages or imports be brought up to date again');
