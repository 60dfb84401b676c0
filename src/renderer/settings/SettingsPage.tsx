import { SegmentedControl, useMantineColorScheme } from '@mantine/core'
import { useSession } from '../app/session.ts'
import { colorSchemes } from '../app/ThemeSwitch.tsx'
import { text } from '../ui/text.ts'
import { AttentionRules } from './attention/AttentionRules.tsx'
import { ModerationSettings } from './moderation/ModerationSettings.tsx'
import { Profiles } from './Profiles.tsx'
import sheet from '../ui/Sheet.module.css'

export function SettingsPage() {
  const profile = useSession((state) => state.profile?.id)
  const version = useSession((state) => state.version)
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <div className={sheet.page} tabIndex={0} role="group" aria-label={text.settings.title}>
      <div className={sheet.column}>
        <h1 className={sheet.title}>{text.settings.title}</h1>
        <Profiles />
        {profile === undefined ? null : <ModerationSettings key={`moderation ${profile}`} />}
        {profile === undefined ? null : <AttentionRules key={profile} />}
        <section className={sheet.section} aria-labelledby="appearance">
          <h2 className={sheet.heading} id="appearance">
            {text.settings.appearance}
          </h2>
          <SegmentedControl
            aria-label={text.settings.appearance}
            data={colorSchemes.map(({ value, label }) => ({ value, label }))}
            value={colorScheme}
            transitionDuration={100}
            onChange={setColorScheme}
          />
        </section>
        {version === '' ? null : (
          <section className={sheet.section} aria-labelledby="about">
            <h2 className={sheet.heading} id="about">
              {text.settings.about}
            </h2>
            <p className={sheet.help}>{text.settings.version(version)}</p>
          </section>
        )}
      </div>
    </div>
  )
}
