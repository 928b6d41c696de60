// Selects by cross-validation alone: the test rows are not read here.
import { selectModel } from '#lib/flows/steps/select-model.ts';

await selectModel({ model: '../../models/credit-default/model.yaml' });
