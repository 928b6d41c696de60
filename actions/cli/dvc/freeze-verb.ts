// mainline dvc freeze: a stage or .dvc file that runs leave alone.
import { createFreezeVerb } from './freeze-command.ts';

export const verb = createFreezeVerb(true, 'leave stages or imports alone, whatever changes before them');
