import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

/** One build for all programs: `out/main` holds Electron's main and the Node programs beside it, `out/preload` the two bridges, `out/renderer` the page. */
export default defineConfig({
  main: {
    build: {
      sourcemap: true,
      rolldownOptions: {
        input: {
          index: 'src/main/index.ts',
          console: 'src/console/index.ts',
          'sync-server': 'src/server/index.ts',
          operator: 'src/server/operators/cli.ts',
          demo: 'src/demo/index.ts',
        },
      },
    },
  },
  preload: {
    build: {
      // A sandboxed preload and a classic script can't load a file beside them.
      isolatedEntries: true,
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: 'src/preload/index.ts', 'page-bridge': 'src/console/page-bridge.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src/renderer',
    plugins: [react()],
    build: { minify: true, rolldownOptions: { input: 'src/renderer/index.html' } },
  },
})
