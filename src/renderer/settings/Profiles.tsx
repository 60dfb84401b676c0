import { Badge, Button } from '@mantine/core'
import { IconSparkles, IconServer, IconUsersGroup, type Icon } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import type { ProfileKind, ProfileSummary } from '#shared/domain/profile.ts'
import { useSession } from '../app/session.ts'
import { text } from '../ui/text.ts'
import { newDraft, type Draft } from './profile-draft.ts'
import { ProfileForm } from './ProfileForm.tsx'
import { loadProfiles, removeProfile, saveProfile, selectProfile, type Trouble } from './profiles.ts'
import { Report } from '../ui/Report.tsx'
import sheet from '../ui/Sheet.module.css'
import classes from './Settings.module.css'

const icons: Record<ProfileKind, Icon> = { demo: IconSparkles, direct: IconServer, team: IconUsersGroup }

/** The profiles: add, test, change, switch, remove. */
export function Profiles() {
  const profiles = useSession((state) => state.profiles)
  const [draft, setDraft] = useState<Draft | null>(null)
  const [trouble, setTrouble] = useState<Trouble>(null)
  useEffect(() => {
    void loadProfiles().then(setTrouble)
  }, [])
  return (
    <section className={sheet.section} aria-labelledby="profiles">
      <h2 className={sheet.heading} id="profiles">
        {text.settings.profiles}
      </h2>
      <p className={sheet.help}>{text.settings.profilesHelp}</p>
      {trouble === null ? null : <Report ok={false} message={trouble} />}
      {profiles === null ? (
        trouble === null ? (
          <p className={sheet.help}>{text.settings.loading}</p>
        ) : null
      ) : (
        <ul className={classes.profiles}>
          {profiles.map((profile) => (
            <ProfileItem
              key={profile.id}
              profile={profile}
              onEdit={() => setDraft(newDraft(profile.kind, profile.id, profile.name, profile.address))}
              onTrouble={setTrouble}
            />
          ))}
        </ul>
      )}
      {draft === null ? (
        <AddButtons hasDemo={profiles?.some((profile) => profile.kind === 'demo') ?? true} onAdd={setDraft} />
      ) : (
        <ProfileForm
          key={draft.id}
          draft={draft}
          onCancel={() => setDraft(null)}
          onSave={async (profile) => {
            const failed = await saveProfile(profile)
            if (failed === null) setDraft(null)
            return failed
          }}
        />
      )}
    </section>
  )
}

function AddButtons({ hasDemo, onAdd }: { readonly hasDemo: boolean; readonly onAdd: (draft: Draft) => void }) {
  return (
    <div className={classes.buttons}>
      <Button size="xs" variant="default" onClick={() => onAdd(newDraft('direct', crypto.randomUUID(), '', null))} data-testid="add-direct">
        {text.settings.addDirect}
      </Button>
      <Button size="xs" variant="default" onClick={() => onAdd(newDraft('team', crypto.randomUUID(), '', null))} data-testid="add-team">
        {text.settings.addTeam}
      </Button>
      {hasDemo ? null : (
        <Button
          size="xs"
          variant="default"
          onClick={() => onAdd(newDraft('demo', 'demo', text.settings.kind.demo, null))}
          data-testid="add-demo"
        >
          {text.settings.addDemo}
        </Button>
      )}
    </div>
  )
}

/** The kind and the address, without what the name says already. */
function describe({ kind, name, address }: ProfileSummary): string {
  return [text.settings.kind[kind], address ?? ''].filter((part) => part !== '' && part !== name).join(' · ')
}

type ItemProps = { readonly profile: ProfileSummary; readonly onEdit: () => void; readonly onTrouble: (trouble: Trouble) => void }

function ProfileItem({ profile, onEdit, onTrouble }: ItemProps) {
  const [removing, setRemoving] = useState(false)
  const [switching, setSwitching] = useState(false)
  const KindIcon = icons[profile.kind]
  return (
    <li className={classes.profile} data-testid="profile" data-profile={profile.id} data-selected={profile.selected}>
      <KindIcon size={20} stroke={1.5} aria-hidden />
      <div className={classes.profileText}>
        <div className={classes.profileName} dir="auto" title={profile.name}>
          {profile.name}
        </div>
        <div className={classes.profileAddress} title={profile.address ?? undefined}>
          {describe(profile)}
        </div>
      </div>
      {removing ? (
        <div className={classes.buttons}>
          <span>{text.settings.removeSure(profile.name)}</span>
          <Button size="compact-sm" color="red.8" onClick={() => void removeProfile(profile.id).then(onTrouble)}>
            {text.settings.remove}
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => setRemoving(false)}>
            {text.settings.keep}
          </Button>
        </div>
      ) : (
        <div className={classes.buttons}>
          {profile.selected ? (
            <Badge variant="light" tt="none" data-testid="profile-in-use">
              {text.settings.inUse}
            </Badge>
          ) : (
            <Button
              size="compact-sm"
              variant="default"
              loading={switching}
              onClick={() => {
                setSwitching(true)
                void selectProfile(profile.id)
                  .then(onTrouble)
                  .finally(() => setSwitching(false))
              }}
            >
              {text.settings.use}
            </Button>
          )}
          {profile.kind === 'demo' ? null : (
            <Button size="compact-sm" variant="subtle" color="gray" onClick={onEdit}>
              {text.settings.edit}
            </Button>
          )}
          {profile.selected ? null : (
            <Button size="compact-sm" variant="subtle" color="gray" onClick={() => setRemoving(true)}>
              {text.settings.remove}
            </Button>
          )}
        </div>
      )}
    </li>
  )
}
