import { Loader } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import type { FoundPerson } from '#shared/contract/http-people.ts'
import { useTimeText } from '../app/clock.ts'
import { Avatar } from '../ui/Avatar.tsx'
import { FilterInput } from '../ui/FilterInput.tsx'
import { formatAge } from '../ui/format.ts'
import { text } from '../ui/text.ts'
import { nextIndex } from './next-index.ts'
import classes from './PeoplePage.module.css'
import { useFound, type Found } from './useFound.ts'

type SearchProps = { readonly chosen: string | null; readonly onChoose: (identity: string) => void }

/** Finds anyone by the beginning of a name or identity. Arrows move in what was found, Enter opens it. */
export function PeopleSearch({ chosen, onChoose }: SearchProps) {
  const [typed, setTyped] = useState('')
  const [marked, setMarked] = useState<string | null>(null)
  const found = useFound(typed)
  const people = found.value?.people ?? []
  const index = people.findIndex(({ identity }) => identity === marked)

  // What is shown may be the answer to what was typed before: then Enter waits for the one to what is typed now.
  const isAwaited = useRef(false)
  const isAnswered = found.searched === typed.trim() && !found.isReading
  const wanted = people[index] ?? people[0]
  useEffect(() => {
    if (!isAwaited.current || !isAnswered) return
    isAwaited.current = false
    if (wanted !== undefined) onChoose(wanted.identity)
  }, [isAnswered, wanted, onChoose])

  function move(event: KeyboardEvent) {
    if (event.key === 'Enter') {
      if (isAnswered && wanted !== undefined) onChoose(wanted.identity)
      isAwaited.current = !isAnswered
      return
    }
    const next = nextIndex(event.key, index, people.length)
    if (next === null) return
    event.preventDefault()
    setMarked(people[next]?.identity ?? null)
    document.getElementById(optionId(next))?.scrollIntoView({ block: 'nearest' })
  }

  return (
    <section className={classes.search} aria-label={text.people.search}>
      <div className={classes.field}>
        <FilterInput
          data-autofocus
          label={text.people.search}
          clearLabel={text.people.clear}
          value={typed}
          onChange={(value) => {
            setTyped(value)
            setMarked(null)
            isAwaited.current = false
          }}
          onKeyDown={move}
          leftSection={found.searched !== '' && found.isReading ? <Loader size={13} /> : <IconSearch size={14} aria-hidden />}
          role="combobox"
          aria-expanded={people.length > 0}
          aria-controls="found-people"
          aria-activedescendant={index === -1 ? undefined : optionId(index)}
          aria-autocomplete="list"
          data-testid="people-search"
        />
      </div>
      <div className={classes.results} id="found-people" role="listbox" aria-label={text.people.results} tabIndex={-1}>
        {people.map((person, at) => (
          <Option
            key={person.identity}
            id={optionId(at)}
            person={person}
            isMarked={at === index}
            isChosen={person.identity === chosen}
            onChoose={onChoose}
          />
        ))}
      </div>
      <Words found={found} count={people.length} />
    </section>
  )
}

function optionId(index: number): string {
  return `found-person-${index}`
}

type OptionProps = {
  readonly id: string
  readonly person: FoundPerson
  readonly isMarked: boolean
  readonly isChosen: boolean
  readonly onChoose: (identity: string) => void
}

function Option({ id, person, isMarked, isChosen, onChoose }: OptionProps) {
  const { identity, name, rooms, lastSeenAt } = person
  const seen = useTimeText((now) => (lastSeenAt === null ? text.people.never : text.people.lastSeen(formatAge(now - lastSeenAt))))
  const [first] = rooms
  const where = first === undefined ? seen : rooms.length === 1 ? text.people.hereNow(first) : text.people.hereRooms(rooms.length)
  return (
    <div
      id={id}
      className={classes.option}
      role="option"
      tabIndex={-1}
      aria-selected={isChosen}
      data-marked={isMarked}
      data-live={rooms.length > 0}
      data-testid="found"
      onClick={() => onChoose(identity)}
    >
      <Avatar identity={identity} name={name} size={28} dimmed={rooms.length === 0} />
      <span className={classes.who}>
        <bdi className={classes.name} title={name}>
          {name.trim() === '' ? identity : name}
        </bdi>
        <bdi className={classes.identity} title={identity}>
          {identity}
        </bdi>
      </span>
      <span className={classes.where} dir="auto" title={where}>
        {where}
      </span>
    </div>
  )
}

function Words({ found, count }: { readonly found: Found; readonly count: number }) {
  if (found.searched === '') return <p className={classes.words}>{text.people.start}</p>
  if (found.failure !== null) {
    return (
      <p className={classes.words} data-tone="bad" role="alert" data-testid="people-refused">
        {text.people.refused(found.failure.message)}
      </p>
    )
  }
  if (found.isReading) return null
  if (count === 0) {
    return (
      <p className={classes.words} role="status" data-testid="people-none">
        <strong>{text.people.none}</strong> {text.people.noneHelp}
      </p>
    )
  }
  return found.value?.more === true ? <p className={classes.words}>{text.people.more}</p> : null
}
