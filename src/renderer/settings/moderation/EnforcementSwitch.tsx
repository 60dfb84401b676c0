import { Button, Modal, Radio } from '@mantine/core'
import { useState } from 'react'
import { enforcementSchema, type Enforcement } from '#shared/contract/http-settings.ts'
import { text } from '../../ui/text.ts'
import classes from './Moderation.module.css'

const words = text.enforcement

type SwitchProps = {
  readonly value: Enforcement
  readonly isDisabled: boolean
  readonly onChange: (value: Enforcement) => Promise<void>
}

/** On, dry run or off, each with what it means. Leaving `on` asks once. */
export function EnforcementSwitch({ value, isDisabled, onChange }: SwitchProps) {
  const [asked, setAsked] = useState<Enforcement | null>(null)
  function choose(next: string) {
    const wanted = enforcementSchema.parse(next)
    if (wanted === value) return
    if (value === 'on') setAsked(wanted)
    else void onChange(wanted)
  }
  return (
    <>
      <Radio.Group label={words.label} value={value} onChange={choose} data-testid="enforcement">
        <div className={classes.choices}>
          {enforcementSchema.options.map((option) => (
            <Radio
              key={option}
              size="xs"
              value={option}
              label={words.name[option]}
              description={words.means[option]}
              disabled={isDisabled}
              data-testid={`enforcement-${option}`}
            />
          ))}
        </div>
      </Radio.Group>
      <Modal
        opened={asked !== null}
        onClose={() => setAsked(null)}
        title={asked === null ? '' : words.sure(words.name[asked])}
        closeButtonProps={{ 'aria-label': words.keep }}
        centered
      >
        {asked === null ? null : (
          <div className={classes.sure} data-testid="enforcement-sure">
            <p className={classes.words}>
              {words.means[asked]} {words.sureOff}
            </p>
            <div className={classes.buttons}>
              <Button variant="default" data-autofocus onClick={() => setAsked(null)}>
                {words.keep}
              </Button>
              <Button
                color="red.8"
                onClick={() => {
                  setAsked(null)
                  void onChange(asked)
                }}
                data-testid="enforcement-confirm"
              >
                {words.confirm(words.name[asked])}
              </Button>
            </div>
          </div>
        )}
      </Modal>
    </>
  )
}
