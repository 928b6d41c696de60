// GitHub's forge keeps the promises on an independent emulator of GitHub, joined with real git over HTTP.
import { emulateDefects } from '../../support/github/emulate-defects.ts';
import { openEmulatedWorld } from '../../support/github/emulated-world.ts';
import { describeForge } from './contract.ts';

describeForge(openEmulatedWorld, emulateDefects);
