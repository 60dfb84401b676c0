import type { Child, Launcher } from '../ports.ts'

/** A launcher that knows what it runs, so that all of it can be ended. */
export type ChildTracker = Launcher & { readonly stopAll: () => Promise<void> }

export function trackChildren(launcher: Launcher): ChildTracker {
  const stops = new Set<() => Promise<void>>()

  function track<Running>(child: Child<Running>): Child<Running> {
    stops.add(child.stop)
    child.onExit(() => void stops.delete(child.stop))
    return child
  }
  return {
    startSyncServer: (settings) => track(launcher.startSyncServer(settings)),
    startDemo: (settings) => track(launcher.startDemo(settings)),
    freePort: launcher.freePort,
    async stopAll() {
      await Promise.all([...stops].map((stop) => stop()))
    },
  }
}
