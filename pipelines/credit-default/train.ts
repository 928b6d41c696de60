// Fits the algorithms that model.yaml names, with the parameters of params.yaml.
import { trainAlgorithms } from '#lib/flows/steps/train-algorithms.ts';

await trainAlgorithms({
  model: '../../models/credit-default/model.yaml',
  contract: '../../data/lending-club/contract.odcs.yaml',
});
