import type { IpcReply, Push, RequestName, RequestPayload, RequestValue } from './ipc.ts'

type Ask<N extends RequestName> = (payload: RequestPayload<N>) => Promise<RequestValue<N>>

/** What the renderer sees of the world: `window.usher`. A refused request rejects with a `BridgeError`. */
export type Bridge = {
  readonly host: 'electron' | 'browser'
  readonly startSession: Ask<'start_session'>
  readonly openRoom: Ask<'open_room'>
  readonly leaveRoom: Ask<'leave_room'>
  readonly observeRoom: Ask<'observe_room'>
  readonly act: Ask<'act'>
  readonly cancelAction: Ask<'cancel_action'>
  readonly listProfiles: Ask<'list_profiles'>
  readonly saveProfile: Ask<'save_profile'>
  readonly removeProfile: Ask<'remove_profile'>
  readonly selectProfile: Ask<'select_profile'>
  readonly testProfile: Ask<'test_profile'>
  readonly readServer: Ask<'read_server'>
  readonly controlSync: Ask<'control_sync'>
  readonly readSettings: Ask<'read_settings'>
  readonly changeSettings: Ask<'change_settings'>
  readonly listMeasures: Ask<'list_measures'>
  readonly searchPeople: Ask<'search_people'>
  readonly readPerson: Ask<'read_person'>
  readonly addNote: Ask<'add_note'>
  readonly erasePerson: Ask<'erase_person'>
  readonly invite: Ask<'invite'>
  readonly listSessions: Ask<'list_sessions'>
  readonly readRoomSession: Ask<'read_room_session'>
  readonly searchAudit: Ask<'search_audit'>
  readonly exportAudit: Ask<'export_audit'>
  readonly checkAudit: Ask<'check_audit'>
  /** Pushes in the order they were sent; several may come at once. */
  readonly onPushes: (listener: (pushes: readonly Push[]) => void) => () => void
}

/** The shape a rejected request has: an `Error` does not cross Electron's context bridge with its own fields, plain data does. */
export type BridgeError = Extract<IpcReply, { ok: false }>

/** The bridge over any transport: `ask` carries one request to the host and brings its reply. No run-time imports, so a preload stays small. */
export function createBridge(transport: {
  host: Bridge['host']
  ask: (name: RequestName, payload: unknown) => Promise<IpcReply>
  onPushes: Bridge['onPushes']
}): Bridge {
  function request<N extends RequestName>(name: N): Ask<N> {
    return async (payload) => {
      const reply = await transport.ask(name, payload)
      if (!reply.ok) throw reply
      // The host validated the value against the contract before it sent it.
      return reply.value as RequestValue<N>
    }
  }
  return {
    host: transport.host,
    startSession: request('start_session'),
    openRoom: request('open_room'),
    leaveRoom: request('leave_room'),
    observeRoom: request('observe_room'),
    act: request('act'),
    cancelAction: request('cancel_action'),
    listProfiles: request('list_profiles'),
    saveProfile: request('save_profile'),
    removeProfile: request('remove_profile'),
    selectProfile: request('select_profile'),
    testProfile: request('test_profile'),
    readServer: request('read_server'),
    controlSync: request('control_sync'),
    readSettings: request('read_settings'),
    changeSettings: request('change_settings'),
    listMeasures: request('list_measures'),
    searchPeople: request('search_people'),
    readPerson: request('read_person'),
    addNote: request('add_note'),
    erasePerson: request('erase_person'),
    invite: request('invite'),
    listSessions: request('list_sessions'),
    readRoomSession: request('read_room_session'),
    searchAudit: request('search_audit'),
    exportAudit: request('export_audit'),
    checkAudit: request('check_audit'),
    onPushes: transport.onPushes,
  }
}
