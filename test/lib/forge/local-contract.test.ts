// The forge of one machine keeps every promise.
import { openLocalWorld } from '../../support/github/world.ts';
import { describeForge } from './contract.ts';

describeForge(openLocalWorld);
