import { Kbd, Modal } from '@mantine/core'
import { text } from '../ui/text.ts'
import classes from './ShortcutsDialog.module.css'

const { keys } = text.shortcuts

const groups: readonly { readonly title: string; readonly entries: readonly (readonly [string, string])[] }[] = [
  {
    title: text.shortcuts.everywhere,
    entries: [
      ['/', keys.search],
      ['?', keys.help],
      ['.', keys.apply],
    ],
  },
  {
    title: text.shortcuts.wall,
    entries: [
      ['← ↑ → ↓', keys.arrows],
      ['Enter', keys.enter],
    ],
  },
  {
    title: text.shortcuts.room,
    entries: [
      ['↑ ↓', keys.arrows],
      ['m', keys.mute],
      ['v', keys.stopVideo],
      ['p', keys.permissions],
      ['w', keys.message],
      ['x', keys.remove],
      ['b', keys.ban],
      ['Enter', keys.inspect],
      ['Space', keys.toggle],
      ['Shift ↑ ↓', keys.range],
      ['Ctrl A', keys.all],
      ['Esc', keys.clear],
    ],
  },
]

export function ShortcutsDialog(props: { readonly opened: boolean; readonly onClose: () => void }) {
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={text.shortcuts.title}
      closeButtonProps={{ 'aria-label': text.shortcuts.close }}
    >
      {groups.map((group) => (
        <section key={group.title} className={classes.group}>
          <h3 className={classes.title}>{group.title}</h3>
          <dl className={classes.keys}>
            {group.entries.map(([key, meaning]) => (
              <div key={key} className={classes.entry}>
                <dt>
                  <Kbd size="sm">{key}</Kbd>
                </dt>
                <dd>{meaning}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Modal>
  )
}
