import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/interop/**'],
    // Most of the time goes into programs that the tests start: a worker that waits leaves its processor idle.
    maxWorkers: '100%',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Whoever runs the tests: what their git is told to do, or that nobody told it a name, changes nothing here.
    env: {
      ...{ ORT_DISABLE_TELEMETRY: '1', LC_ALL: 'C.UTF-8' },
      ...{ GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
    },
  },
});
