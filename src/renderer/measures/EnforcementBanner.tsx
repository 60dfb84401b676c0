import { IconAlertTriangle } from '@tabler/icons-react'
import { useEffect } from 'react'
import { useReading } from '../app/useReading.ts'
import { readSettings, useSettingsChanges } from '../settings/attention/service-settings.ts'
import { text } from '../ui/text.ts'
import banner from '../ui/StaleBanner.module.css'
import classes from './MeasuresPage.module.css'

/** Says so where what is in force is not enforced. It looks again whenever `seen` is another value. */
export function EnforcementBanner({ seen }: { readonly seen: unknown }) {
  const changes = useSettingsChanges((state) => state.newest)
  const { value, again } = useReading('settings', readSettings)
  useEffect(again, [seen, changes, again])
  if (value === null || value.enforcement === 'on') return null
  return (
    <div className={banner.banner} data-testid="not-enforced" role="status">
      <IconAlertTriangle size={15} aria-hidden />
      <span>
        {text.measures.notEnforced[value.enforcement]}{' '}
        <a className={classes.bannerLink} href="#/settings">
          {text.measures.notEnforced.settings}
        </a>
      </span>
    </div>
  )
}
