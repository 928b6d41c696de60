// Fits the algorithms that model.yaml names, with the parameters of params.yaml.
import { trainAlgorithms } from '#lib/flows/steps/train-algorithms.ts';

await trainAlgorithms({
  model: '../../models/delivery-time/model.yaml',
  contract: '../../data/deliveries/contract.odcs.yaml',
});
