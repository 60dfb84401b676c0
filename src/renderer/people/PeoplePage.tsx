import { IconUserSearch } from '@tabler/icons-react'
import { may } from '#shared/domain/operator.ts'
import { personPath, useRoute } from '../app/routes.ts'
import { useSession } from '../app/session.ts'
import { Notice } from '../ui/Notice.tsx'
import page from '../ui/Page.module.css'
import { StaleBanner } from '../ui/StaleBanner.tsx'
import { text } from '../ui/text.ts'
import classes from './PeoplePage.module.css'
import { PeopleSearch } from './PeopleSearch.tsx'
import { PersonPanel } from './PersonPanel.tsx'

/** D5: anyone, live or on record. */
export function PeoplePage({ identity }: { readonly identity: string | null }) {
  const operator = useSession((state) => state.operator)
  const [, navigate] = useRoute()
  if (operator !== null && !may(operator, 'read_people')) {
    return <Notice title={text.people.notAllowedTitle} help={text.people.notAllowed(operator.role)} testid="people-not-allowed" />
  }
  return (
    <div className={page.page}>
      <div className={page.toolbar}>
        <h1 className={page.title}>{text.people.title}</h1>
      </div>
      <StaleBanner />
      <div className={classes.columns}>
        <PeopleSearch chosen={identity} onChoose={(chosen) => navigate(personPath(chosen))} />
        {identity === null ? (
          <Notice
            title={text.people.chooseTitle}
            help={text.people.choose}
            icon={<IconUserSearch size={34} stroke={1.3} />}
            testid="nobody-chosen"
          />
        ) : (
          <PersonPanel key={identity} identity={identity} />
        )}
      </div>
    </div>
  )
}
