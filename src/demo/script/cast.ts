import type { Part, RoomPlan } from './plans.ts'
import type { Person } from './step.ts'

/** First names, made into people nobody knows. */
const NAMES = (
  'Mira Tomasz Ines Koji Lena Samir Aiko Bruno Chidi Dana Emre Fatima Goran Hana Ilya Jamal Kavya Luca Maren Nadia Oskar Priya Quentin Rosa ' +
  'Stefan Tala Umar Vera Wanda Xenia Yusuf Zora Anouk Bela Carmen Dario Elif Finn Greta Hugo Isla Jonas Kira Leo Malik Nora Otis Paula ' +
  'Rafael Selma Theo Una Viktor Willa Yara Zeno Amara Bodil Cleo Davor Esra Femi Gita Henrik Imani Jana Kaito Lior Milo Noa'
).split(' ')

/** Two of the cast bear names that try the screen's patience. */
const ODD_NAMES: Readonly<Record<string, string>> = {
  'voice-lounge:1': '🎮 xX_Nightowl_Xx',
  '☕ קפה של שישי:0': 'נועה',
  '☕ קפה של שישי:1': 'יונתן',
}

export type Member = { readonly person: Person; readonly part: Part }

/** Everybody who plays in a room. `before`: how many people the rooms before it have, so that names differ from room to room. */
export function castRoom(plan: RoomPlan, size: 'full' | 'small', before: number): readonly Member[] {
  const parts = plan.cast.flatMap((part) => Array.from({ length: part[size] }, () => part))
  return parts.map((part, index) => {
    const kind = part.kind ?? 'person'
    const name = kind === 'person' ? (ODD_NAMES[`${plan.name}:${index}`] ?? NAMES[(before + index) % NAMES.length] ?? 'Ada') : part.role
    const number = before + index + 1
    const identity = /^[A-Za-z]+$/.test(name) ? `${name.toLowerCase()}-${number}` : `${part.role}-${number}`
    return { part, person: { identity, name, kind, attributes: { role: part.role }, metadata: '', sources: part.sources } }
  })
}
