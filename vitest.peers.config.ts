import { defineConfig } from 'vitest/config';

// Peers are real servers and other people's programs: one file at a time, so that ports and daemons never meet.
export default defineConfig({
  test: {
    include: ['test/peers/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    pool: 'forks',
    fileParallelism: false,
  },
});
