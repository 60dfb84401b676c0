import { SegmentedControl, useMantineColorScheme } from '@mantine/core'
import { useSession } from '../app/session.ts'
import { colorSchemes } from '../app/ThemeSwitch.tsx'
import { text } from '../ui/text.ts'
import { Profiles } from './Profiles.tsx'
import classes from './Settings.module.css'

export function SettingsPage() {
  const version = useSession((state) => state.version)
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <div className={classes.page} tabIndex={0} role="group" aria-label={text.settings.title}>
      <div className={classes.column}>
        <h1 className={classes.title}>{text.settings.title}</h1>
        <Profiles />
        <section className={classes.section} aria-labelledby="appearance">
          <h2 className={classes.heading} id="appearance">
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
          <section className={classes.section} aria-labelledby="about">
            <h2 className={classes.heading} id="about">
              {text.settings.about}
            </h2>
            <p className={classes.help}>{text.settings.version(version)}</p>
          </section>
        )}
      </div>
    </div>
  )
}
