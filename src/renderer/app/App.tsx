import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { resolveTokens, theme } from '../ui/theme.ts'
import { Frame } from './Frame.tsx'

const colorSchemes = localStorageColorSchemeManager({ key: 'usher-color-scheme' })

export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={resolveTokens} colorSchemeManager={colorSchemes} defaultColorScheme="dark">
      <Notifications position="bottom-right" limit={3} containerWidth={260} autoClose={8_000} transitionDuration={100} />
      <Frame />
    </MantineProvider>
  )
}
