import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { fail } from '#shared/domain/failure.ts'
import { concerns, isInForce, type Measure } from '#shared/domain/measure.ts'
import { mayPublish, publishSourceSchema } from '#shared/domain/participant.ts'
import { by, course, createScene, kim, type Instance, type Scene } from './testing/scene.ts'
import { mayAll } from './testing/scripted-livekit.ts'

const rooms = ['lobby', 'other'] as const
const people = ['ana', 'bo', 'cy'] as const

const room = fc.constantFrom(...rooms)
const who = fc.constantFrom(...people)
const at = fc.nat({ max: 1 })
const sources = fc.subarray([...publishSourceSchema.options], { minLength: 1 })
const seconds = fc.constantFrom(null, 1, 5)
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant('join' as const), at, room, who }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('join unheard' as const), room, who }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('leave' as const), at, room, who }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('ban' as const), at, room, who, everywhere: fc.boolean(), seconds }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('deny' as const), at, room, who, everywhere: fc.boolean(), seconds, sources }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('lock' as const), at, room, who, seconds, sources }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('close' as const), at, room, seconds: fc.constantFrom(1, 5) }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('lift' as const), at, which: fc.nat({ max: 9 }) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('permit' as const), at, room, who }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('pass' as const), ms: fc.constantFrom(3, 300, 1500) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('fail' as const), calls: fc.nat({ max: 3 }) }) },
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

afterEach(() => vi.useRealTimers())

async function take(scene: Scene, instances: readonly Instance[], each: Step): Promise<void> {
  const { livekit } = scene
  const instance = ('at' in each ? instances[each.at] : undefined) ?? instances[0]
  if (!instance) return
  const until = 'seconds' in each && each.seconds !== null ? Date.now() + each.seconds * 1000 : null
  const where = (everywhere: boolean, name: string) => (everywhere ? ({ scope: 'all' } as const) : ({ scope: 'room', room: name } as const))
  const common = { until, reason: 'x' }
  const impose = (measure: Parameters<typeof instance.measures.desk.impose>[0]) => instance.measures.desk.impose(measure, by(), course)
  switch (each.does) {
    case 'join':
      return void (await instance.join(each.room, each.who))
    case 'join unheard':
      return void livekit.join(each.room, each.who)
    case 'leave':
      return instance.leave(each.room, each.who)
    case 'ban':
      return void (await impose({ ...common, kind: 'ban', identity: each.who, ...where(each.everywhere, each.room) }))
    case 'deny':
      return void (await impose({
        ...common,
        kind: 'deny_sources',
        identity: each.who,
        sources: each.sources,
        ...where(each.everywhere, each.room),
      }))
    case 'lock':
      return void (await impose({
        ...common,
        kind: 'lock',
        sources: each.sources,
        except: { identities: [each.who] },
        ...where(false, each.room),
      }))
    case 'close':
      return void (await impose({ ...common, kind: 'close', ...where(false, each.room) }))
    case 'lift': {
      const measure = instance.measures.book.inForce()[each.which]
      return void (measure && (await instance.measures.desk.lift(measure.id, kim, by())))
    }
    case 'permit':
      livekit.permit(each.room, each.who, mayAll)
      return instance.hear(each.room, each.who)
    case 'pass':
      return new Promise((done) => void setTimeout(done, each.ms))
    case 'fail': {
      let left = each.calls
      livekit.answer = () => ((left -= 1) >= 0 ? fail('unavailable', 'LiveKit can’t be reached', 'unreachable') : null)
      return
    }
  }
}

/** Lets time pass until that is done: what one instance does, the other waits for. */
async function pass<T>(work: Promise<T>): Promise<T> {
  let isDone = false
  const over = () => (isDone = true)
  work.then(over, over)
  while (!isDone) await vi.advanceTimersByTimeAsync(20)
  return work
}

/** Whatever was under way comes to its end, and a sweep looks at everybody. */
async function settle(instances: readonly Instance[]): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    for (const instance of instances) await pass(instance.sweep())
    for (const instance of instances) await pass(instance.quiet())
    await vi.advanceTimersByTimeAsync(400)
    for (const instance of instances) await pass(instance.quiet())
  }
}

/** Who is somewhere, or may do something, that a measure in force forbids. */
function offences(scene: Scene, inForce: readonly Measure[]): string[] {
  const found: string[] = []
  for (const [name, held] of scene.livekit.rooms) {
    for (const { identity, permissions } of held.people.values()) {
      for (const measure of inForce.filter((each) => concerns(each, { identity, room: name, role: 'VIEWER' }))) {
        const denied = measure.sources?.filter((source) => mayPublish(permissions, source)) ?? []
        if (measure.kind === 'ban' || measure.kind === 'close' || denied.length > 0)
          found.push(`${identity} in ${name}: ${measure.kind} ${denied.join(' ')}`)
      }
    }
  }
  return found
}

async function play(steps: readonly (readonly Step[])[]): Promise<void> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] })
  const scene = await createScene()
  try {
    const instances = [await scene.open('one'), await scene.open('two')]
    for (const together of steps) await pass(Promise.all(together.map((each) => take(scene, instances, each))))
    scene.livekit.answer = () => null
    await settle(instances)
    const [first] = instances
    const listed = await first?.measures.list({ active: 'true' })
    const inForce = listed?.ok ? listed.value.filter((measure) => isInForce(measure, Date.now())) : []
    for (const { measures } of instances)
      expect(
        measures.book
          .inForce()
          .map(({ id }) => id)
          .toSorted(),
      ).toEqual(inForce.map(({ id }) => id).toSorted())
    expect(offences(scene, inForce)).toEqual([])
    for (const { id } of inForce) if (first) await pass(first.measures.desk.lift(id, kim, by()))
    await settle(instances)
    // Everybody came with everything, so that is what they have again.
    for (const { people: there } of scene.livekit.rooms.values())
      for (const { permissions } of there.values()) expect(permissions).toEqual(mayAll)
  } finally {
    await pass(scene.close())
    vi.useRealTimers()
  }
}

describe('X1 X6 whatever happens at two instances', () => {
  it('everybody who is there obeys what is in force, and has everything back when nothing is', async () => {
    const histories = fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 14 })
    await fc.assert(fc.asyncProperty(histories, play), { numRuns: 60, seed: 6 })
  }, 120_000)
})
