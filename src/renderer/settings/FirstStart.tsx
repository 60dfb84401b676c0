import { UnstyledButton } from '@mantine/core'
import { IconSparkles, IconServer, IconUsersGroup, type Icon } from '@tabler/icons-react'
import { useState } from 'react'
import type { ProfileKind } from '#shared/domain/profile.ts'
import { text } from '../ui/text.ts'
import { newDraft, type Draft } from './profile-draft.ts'
import { ProfileForm } from './ProfileForm.tsx'
import { saveAndSelect, type Trouble } from './profiles.ts'
import { Report } from '../ui/Report.tsx'
import sheet from '../ui/Sheet.module.css'
import classes from './Settings.module.css'

type Choice = { readonly kind: ProfileKind; readonly title: string; readonly help: string; readonly icon: Icon }

const choices: readonly Choice[] = [
  { kind: 'demo', title: text.first.demo, help: text.first.demoHelp, icon: IconSparkles },
  { kind: 'direct', title: text.first.direct, help: text.first.directHelp, icon: IconServer },
  { kind: 'team', title: text.first.team, help: text.first.teamHelp, icon: IconUsersGroup },
]

/** No profile yet: a choice of three, the demo first. */
export function FirstStart() {
  const [draft, setDraft] = useState<Draft | null>(null)
  const [trouble, setTrouble] = useState<Trouble>(null)
  const [starting, setStarting] = useState(false)

  function choose(kind: ProfileKind) {
    if (kind !== 'demo') return setDraft(newDraft(kind, crypto.randomUUID(), '', null))
    setStarting(true)
    void saveAndSelect({ kind: 'demo', id: 'demo', name: text.settings.kind.demo }).then((failed) => {
      setTrouble(failed)
      setStarting(false)
    })
  }

  return (
    <div className={sheet.page} data-testid="first-start">
      <div className={classes.first}>
        <h1 className={classes.firstTitle}>{text.first.title}</h1>
        <p className={sheet.help}>{text.first.help}</p>
        {trouble === null ? null : <Report ok={false} message={trouble} />}
        {draft === null ? (
          <div className={classes.choices}>
            {choices.map((choice) => (
              <UnstyledButton
                key={choice.kind}
                className={classes.choice}
                data-testid={`choose-${choice.kind}`}
                data-first={choice.kind === 'demo'}
                disabled={starting}
                onClick={() => choose(choice.kind)}
              >
                <choice.icon size={26} stroke={1.4} aria-hidden />
                <span className={classes.choiceTitle}>{choice.title}</span>
                <span className={classes.choiceHelp}>{choice.help}</span>
              </UnstyledButton>
            ))}
          </div>
        ) : (
          <ProfileForm draft={draft} saveLabel={text.first.connect} onSave={saveAndSelect} onCancel={() => setDraft(null)} />
        )}
      </div>
    </div>
  )
}
