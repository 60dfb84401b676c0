import { demoRunningSchema, serverRunningSchema } from '#shared/contract/embedded.ts'
import type { Launcher } from '../ports.ts'
import { superviseChild, type ChildProcessPort } from './child.ts'
import { findFreePort } from './free-port.ts'

/** The launcher of a host that has its own way to run one of our built programs, `sync-server` or `demo`. */
export function launchWith(run: (program: 'sync-server' | 'demo') => ChildProcessPort): Launcher {
  return {
    startSyncServer: (settings) => superviseChild(run('sync-server'), settings, serverRunningSchema, 'the sync server'),
    startDemo: (settings) => superviseChild(run('demo'), settings, demoRunningSchema, 'the demo'),
    freePort: findFreePort,
  }
}
