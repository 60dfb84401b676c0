import type { RoomReading } from '#server/sync/sweeper.ts'

/** Reads a room from LiveKit, and once more where somebody was missing for the first time: only who is missed twice is gone. A room is read once at a time. */
export function createReread(readRoom: (room: string) => Promise<RoomReading>, onError: (error: unknown) => void): (room: string) => void {
  const reading = new Set<string>()

  async function read(room: string): Promise<void> {
    const { sweep } = await readRoom(room)
    if (sweep.missing > 0) await readRoom(room)
  }
  return (room) => {
    if (reading.has(room)) return
    reading.add(room)
    void read(room)
      .catch(onError)
      .finally(() => reading.delete(room))
  }
}
