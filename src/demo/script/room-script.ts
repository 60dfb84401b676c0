import type { Agenda } from './agenda.ts'
import type { Member } from './cast.ts'
import type { RoomPlan } from './plans.ts'
import { between, pick, type Random } from './random.ts'
import type { Step } from './step.ts'

/** How many may speak at the same time, in all rooms together: each costs the bots' process 2 % of a core. */
export type Floor = { readonly limit: number; taken: number }

type Actor = {
  readonly member: Member
  present: boolean
  muted: boolean
  speaking: boolean
  readonly showing: Set<'camera' | 'screen_share'>
}

/** Seconds. How long a room stays after the last one left; short where it is to end and start again. */
const DEPARTURE_TIMEOUT = 20
const SHORT_DEPARTURE_TIMEOUT = 3
const ARRIVALS = [1, 14] as const
const WAIT_FOR_FLOOR = [0.8, 2.5] as const
const BACK_AFTER_REMOVAL = [45, 90] as const
const UNMUTE_AFTER = [30, 60] as const

export type RoomScriptOptions = {
  readonly plan: RoomPlan
  readonly members: readonly Member[]
  readonly agenda: Agenda
  readonly random: Random
  readonly floor: Floor
  readonly emit: (step: Step) => void
}

/** One room's life: who comes and goes, who talks, who turns what on and off. It plans its own future on the agenda. */
export class RoomScript {
  readonly #options: RoomScriptOptions
  readonly #actors: readonly Actor[]
  /** Rises when the room's life begins anew; what an earlier life has planned is then void. */
  #life = 0
  #running = false

  constructor(options: RoomScriptOptions) {
    this.#options = options
    this.#actors = options.members.map((member) => ({ member, present: false, muted: false, speaking: false, showing: new Set() }))
  }

  /** The first one comes at once, the others after them. */
  begin(at: number): void {
    const { plan } = this.#options
    this.#life += 1
    this.#running = true
    const [first, ...others] = this.#actors
    if (first) this.#enter(first)
    for (const actor of others) this.#after(at, ARRIVALS, () => this.#enter(actor))
    if (plan.talk) this.#after(at, plan.talk.pause, (now) => this.#takeTurn(now))
    if (plan.fidget) this.#repeat(at, plan.fidget, () => this.#fidget())
    if (plan.churn) this.#repeat(at, plan.churn.every, (now) => this.#churn(now))
    if (plan.trouble) this.#repeat(at, plan.trouble.every, () => this.#trouble())
    if (plan.cycle) this.#after(at, plan.cycle.lasts, (now) => this.#end(now))
  }

  /** Somebody was removed, or the room was closed: they come back after a while. */
  tellGone(at: number, identity: string): void {
    const actor = this.#find(identity)
    if (!actor?.present) return
    this.#hush(actor)
    actor.present = false
    actor.showing.clear()
    this.#after(at, BACK_AFTER_REMOVAL, () => this.#enter(actor))
  }

  /** Somebody was muted: they speak up again after a while. */
  tellMuted(at: number, identity: string): void {
    const actor = this.#find(identity)
    if (!actor?.present || actor.muted) return
    this.#hush(actor)
    actor.muted = true
    this.#after(at, UNMUTE_AFTER, () => this.#setMuted(actor, false))
  }

  #find(identity: string): Actor | undefined {
    return this.#actors.find((actor) => actor.member.person.identity === identity)
  }

  #after(at: number, seconds: readonly [number, number], run: (at: number) => void): void {
    const life = this.#life
    this.#options.agenda.plan(at + between(this.#options.random, seconds), (now) => {
      if (this.#running && life === this.#life) run(now)
    })
  }

  #repeat(at: number, seconds: readonly [number, number], run: (at: number) => void): void {
    this.#after(at, seconds, (now) => {
      run(now)
      this.#repeat(now, seconds, run)
    })
  }

  #present(): readonly Actor[] {
    return this.#actors.filter((actor) => actor.present)
  }

  #enter(actor: Actor): void {
    if (actor.present) return
    const { plan, emit } = this.#options
    const { person, part } = actor.member
    if (this.#present().length === 0) {
      const departureTimeout = plan.cycle ? SHORT_DEPARTURE_TIMEOUT : DEPARTURE_TIMEOUT
      emit({
        type: 'open',
        room: plan.name,
        metadata: JSON.stringify({ about: plan.about }),
        maxParticipants: plan.maxParticipants ?? 0,
        departureTimeout,
      })
    }
    actor.present = true
    actor.muted = part.muted ?? false
    actor.showing.clear()
    for (const source of part.publish) if (source === 'camera' || source === 'screen_share') actor.showing.add(source)
    emit({ type: 'join', room: plan.name, person, publish: part.publish, muted: actor.muted })
  }

  #exit(actor: Actor): void {
    if (!actor.present) return
    this.#hush(actor)
    actor.present = false
    this.#options.emit({ type: 'leave', room: this.#options.plan.name, identity: actor.member.person.identity })
  }

  #end(at: number): void {
    const { plan, agenda, random } = this.#options
    for (const actor of this.#actors) this.#exit(actor)
    this.#running = false
    if (plan.cycle) agenda.plan(at + between(random, plan.cycle.rests), (now) => this.begin(now))
  }

  #takeTurn(at: number): void {
    const { plan, floor, random } = this.#options
    if (!plan.talk) return
    const { pause, turn } = plan.talk
    const speaker = pick(
      random,
      this.#present().filter((actor) => actor.member.part.talks === true && !actor.muted),
    )
    if (!speaker || floor.taken >= floor.limit) {
      this.#after(at, WAIT_FOR_FLOOR, (now) => this.#takeTurn(now))
      return
    }
    floor.taken += 1
    speaker.speaking = true
    this.#speak(speaker, 0.35 + 0.6 * random())
    this.#after(at, turn, (now) => {
      this.#hush(speaker)
      this.#after(now, pause, (later) => this.#takeTurn(later))
    })
  }

  #hush(actor: Actor): void {
    if (!actor.speaking) return
    actor.speaking = false
    this.#options.floor.taken -= 1
    this.#speak(actor, 0)
  }

  #speak(actor: Actor, level: number): void {
    this.#options.emit({ type: 'speak', room: this.#options.plan.name, identity: actor.member.person.identity, level })
  }

  #setMuted(actor: Actor, muted: boolean): void {
    if (!actor.present || actor.muted === muted) return
    if (muted) this.#hush(actor)
    actor.muted = muted
    this.#options.emit({ type: 'mute', room: this.#options.plan.name, identity: actor.member.person.identity, muted })
  }

  #show(actor: Actor, source: 'camera' | 'screen_share', on: boolean): void {
    if (on) actor.showing.add(source)
    else actor.showing.delete(source)
    this.#options.emit({ type: 'show', room: this.#options.plan.name, identity: actor.member.person.identity, source, on })
  }

  #fidget(): void {
    const { random } = this.#options
    const actor = pick(
      random,
      this.#present().filter(({ member }) => member.part.sources.length > 0),
    )
    if (!actor) return
    const { sources } = actor.member.part
    const choice = random()
    if (choice < 0.3 && sources.includes('screen_share')) {
      // One screen at a time: who shares takes over.
      const on = !actor.showing.has('screen_share')
      for (const other of this.#present())
        if (other !== actor && other.showing.has('screen_share')) this.#show(other, 'screen_share', false)
      this.#show(actor, 'screen_share', on)
    } else if (choice < 0.6 && sources.includes('camera')) this.#show(actor, 'camera', !actor.showing.has('camera'))
    else if (!actor.speaking && sources.includes('microphone')) this.#setMuted(actor, !actor.muted)
  }

  #churn(at: number): void {
    const { plan, random } = this.#options
    if (!plan.churn) return
    // The first of the cast stays, or the room could end.
    const leaver = pick(
      random,
      this.#actors.slice(1).filter((actor) => actor.present && !actor.speaking),
    )
    if (!leaver) return
    this.#exit(leaver)
    this.#after(at, plan.churn.away, () => this.#enter(leaver))
  }

  #trouble(): void {
    const { plan, random, emit } = this.#options
    const actor = pick(
      random,
      this.#present().filter(({ member }) => member.part.publish.length > 0),
    )
    const quality = pick(random, plan.trouble?.qualities ?? [])
    if (actor && quality) emit({ type: 'quality', room: plan.name, identity: actor.member.person.identity, quality })
  }
}
