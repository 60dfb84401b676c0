import { spawn } from 'node:child_process'
import { root } from './paths.mjs'
import { PlainError } from './say.mjs'

// Some tools colour what they print into a pipe, CI's above all; it is coloured only where a terminal will show it.
const plain = process.stderr.isTTY ? {} : { NO_COLOR: '1', FORCE_COLOR: '0' }

/**
 * Runs a program to its end, collecting what it writes (stdout and stderr together). Never throws: a program that can't be started has code
 * 127, one that took longer than `timeoutMs` code 124.
 */
export function collect(command, args, { cwd = root, env = process.env, timeoutMs = 0 } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...env, ...plain },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
    })
    let output = ''
    let timedOut = false
    const onText = (chunk) => {
      output += chunk
    }
    child.stdout.setEncoding('utf8').on('data', onText)
    child.stderr.setEncoding('utf8').on('data', onText)
    const timer = timeoutMs > 0 ? setTimeout(expire, timeoutMs) : undefined
    const stopForwarding = forwardSignals((signal) => signalGroup(child, signal))

    function expire() {
      timedOut = true
      signalGroup(child, 'SIGKILL')
    }
    function end(code) {
      clearTimeout(timer)
      stopForwarding()
      resolve({ code, output })
    }
    child.once('error', (error) => {
      output += error.message
      end(127)
    })
    child.once('close', (code, signal) => end(timedOut ? 124 : exitCode(code, signal)))
  })
}

/** The exit code a shell would show: 128 + the signal's number for a program that a signal ended. */
export function exitCode(code, signal) {
  if (code !== null) return code
  return 128 + ({ SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 0)
}

/** Sends a signal to a child that was started as a group of its own, and to all it started. False when nobody is left. */
export function signalGroup(child, signal) {
  if (child.pid === undefined) return false
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal)
    return true
  } catch {
    return false
  }
}

let interrupted = false

/** Called between two programs: after a Ctrl-C the second is not started. */
export function stopIfInterrupted() {
  if (interrupted) throw new PlainError('stopped')
}

/** Calls `onSignal` for each signal that asks this process to end; returns what stops that. */
export function forwardSignals(onSignal) {
  const listeners = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => {
    const listener = () => {
      interrupted = true
      onSignal(signal)
    }
    process.on(signal, listener)
    return () => process.off(signal, listener)
  })
  return () => listeners.forEach((stop) => stop())
}
