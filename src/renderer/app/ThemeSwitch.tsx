import { ActionIcon, Menu, Tooltip, useMantineColorScheme, type MantineColorScheme } from '@mantine/core'
import { IconCheck, IconDeviceDesktop, IconMoon, IconSun, type Icon } from '@tabler/icons-react'
import { text } from '../ui/text.ts'

export const colorSchemes: readonly { readonly value: MantineColorScheme; readonly label: string; readonly icon: Icon }[] = [
  { value: 'dark', label: text.theme.dark, icon: IconMoon },
  { value: 'light', label: text.theme.light, icon: IconSun },
  { value: 'auto', label: text.theme.auto, icon: IconDeviceDesktop },
]

export function ThemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const current = colorSchemes.find((scheme) => scheme.value === colorScheme)
  const CurrentIcon = current?.icon ?? IconMoon
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Tooltip label={text.theme.label}>
          <ActionIcon variant="subtle" color="gray" aria-label={text.theme.switchTo(current?.label ?? '')}>
            <CurrentIcon size={18} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {colorSchemes.map((scheme) => (
          <Menu.Item
            key={scheme.value}
            leftSection={<scheme.icon size={16} stroke={1.6} />}
            rightSection={scheme.value === colorScheme ? <IconCheck size={14} /> : null}
            onClick={() => setColorScheme(scheme.value)}
          >
            {scheme.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
