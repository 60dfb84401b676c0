import { defineConfig } from 'vitest/config'

/** Projects in their order: what runs against real peers comes last, one file at a time, with time to start them. */
function withPeers(name: string, groupOrder: number) {
  return {
    extends: true as const,
    test: {
      name,
      include: [`tests/${name}/**/*.test.{ts,tsx}`],
      fileParallelism: false,
      testTimeout: 60_000,
      hookTimeout: 60_000,
      sequence: { groupOrder },
    },
  }
}

export default defineConfig({
  test: {
    environment: 'node',
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['src/**/*.test.{ts,tsx}', 'tests/*.test.ts'], maxWorkers: 2, sequence: { groupOrder: 0 } },
      },
      withPeers('integration', 1),
      withPeers('screens', 2),
      withPeers('desktop', 3),
      withPeers('e2e', 4),
    ],
  },
})
