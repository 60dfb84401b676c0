import { Socket } from 'node:net'

// Preloaded into a program that `runNode` starts: file descriptor 3 is a pipe whose other end only the parent holds, so its end means that
// the parent is gone. What that program forks inherits the preload but not the pipe, hence the check.
if (process.env.USHER_LAUNCHER === String(process.ppid)) {
  delete process.env.USHER_LAUNCHER
  const parent = new Socket({ fd: 3, readable: true, writable: false })
  parent.on('error', () => {})
  parent.once('close', () => process.kill(process.pid, 'SIGTERM'))
  parent.resume()
  parent.unref()
}
