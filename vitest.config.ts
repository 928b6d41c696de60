import { defineConfig } from 'vitest/config';

/** Rooms whose tests share nothing but modules: loading those once a worker, not once a file, takes a third off. */
const SHARING = [
  ...[
    'approval',
    'audit',
    'behaviour',
    'cards',
    'contracts',
    'documents',
    'evaluation',
    'explanation',
    'gates',
  ],
  ...['registry', 'reports', 'rollout', 'stats', 'training'],
  ...['config', 'lock', 'pipeline', 'status', 'tracked', 'values'].map(room => `dvc/${room}`),
].map(room => `test/lib/${room}/**/*.test.ts`);

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'rooms', include: SHARING, isolate: false } },
      { extends: true, test: { name: 'all else', include: ['test/**/*.test.ts'], exclude: SHARING } },
    ],
    // Most of the time goes into programs that the tests start: a worker that waits leaves its processor idle.
    maxWorkers: '100%',
    globalSetup: 'test/support/own-temporary-folder.ts',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Whoever runs the tests: what their git is told to do, or that nobody told it a name, changes nothing here.
    env: {
      ...{ ORT_DISABLE_TELEMETRY: '1', LC_ALL: 'C.UTF-8' },
      ...{ GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
    },
  },
});
