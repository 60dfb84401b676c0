import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core'

const accent: MantineColorsTuple = [
  '#eef4ff',
  '#dbe7fe',
  '#bcd3fd',
  '#93b8fb',
  '#72a3f8',
  '#4c85ef',
  '#3a6fdd',
  '#2f5cc0',
  '#284c9c',
  '#22407f',
]
const dark: MantineColorsTuple = [
  '#e7ebf1',
  '#c6ced9',
  '#a6b0be',
  '#8a95a4',
  '#39434f',
  '#2a323c',
  '#1e252d',
  '#161b21',
  '#0f1317',
  '#0b0e11',
]

/** Mantine's theme: small, square, quiet. */
export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: 7,
  colors: { accent, dark },
  fontFamily: "Inter, 'Segoe UI', system-ui, -apple-system, 'Noto Sans', 'DejaVu Sans', sans-serif",
  fontFamilyMonospace: "'JetBrains Mono', 'SF Mono', Consolas, 'DejaVu Sans Mono', monospace",
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.8125rem', lg: '0.9375rem', xl: '1.125rem' },
  fontWeights: { regular: '400', medium: '500', bold: '600' },
  defaultRadius: 'sm',
  radius: { xs: '3px', sm: '5px', md: '8px', lg: '10px', xl: '14px' },
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    SegmentedControl: {
      defaultProps: { withItemsBorders: false },
      styles: {
        root: { background: 'var(--usher-page)', border: '1px solid var(--usher-line)' },
        indicator: { background: 'var(--usher-selected)', boxShadow: 'none' },
      },
    },
    Tooltip: { defaultProps: { openDelay: 400, transitionProps: { duration: 80 } } },
    Modal: {
      styles: { title: { fontSize: '0.9375rem', fontWeight: 650 } },
      defaultProps: { transitionProps: { duration: 100, exitDuration: 0 }, overlayProps: { backgroundOpacity: 0.55 } },
    },
    Menu: { defaultProps: { transitionProps: { duration: 80 }, shadow: 'md' } },
    Popover: { defaultProps: { transitionProps: { duration: 80 }, shadow: 'md' } },
  },
})

const darkTokens = {
  '--usher-page': '#0f1317',
  '--usher-rail': '#0b0e11',
  '--usher-surface': '#161b21',
  '--usher-hover': '#1c232b',
  '--usher-selected': '#1b2a40',
  '--usher-line': '#252d36',
  '--usher-line-strong': '#3a4552',
  '--usher-text': '#e7ebf1',
  '--usher-dim': '#a6b0be',
  '--usher-faint': '#8a95a4',
  '--usher-accent': '#7fb0ff',
  '--usher-speaking': '#3fd08c',
  '--usher-good': '#52c48f',
  '--usher-warn': '#f0b545',
  '--usher-warn-fill': '#2b2313',
  '--usher-bad': '#ff7b78',
  '--usher-bad-fill': '#331a1c',
  '--usher-avatar-lightness': '0.42',
}

const lightTokens: Record<keyof typeof darkTokens, string> = {
  '--usher-page': '#f4f5f7',
  '--usher-rail': '#e9ebef',
  '--usher-surface': '#ffffff',
  '--usher-hover': '#f0f3f7',
  '--usher-selected': '#e4eefd',
  '--usher-line': '#dde1e7',
  '--usher-line-strong': '#b9c1cc',
  '--usher-text': '#151a20',
  '--usher-dim': '#475160',
  '--usher-faint': '#5c6675',
  '--usher-accent': '#2456b8',
  '--usher-speaking': '#128a52',
  '--usher-good': '#0f7043',
  '--usher-warn': '#855300',
  '--usher-warn-fill': '#fdf3dc',
  '--usher-bad': '#b81f27',
  '--usher-bad-fill': '#fdeaea',
  '--usher-avatar-lightness': '0.47',
}

/** Usher's own tokens, used by the CSS modules; both schemes reach 4.5 to 1 for text. */
export const resolveTokens: CSSVariablesResolver = () => ({
  variables: {},
  dark: {
    ...darkTokens,
    '--mantine-color-dimmed': darkTokens['--usher-dim'],
    '--mantine-color-placeholder': darkTokens['--usher-faint'],
    '--mantine-color-error': darkTokens['--usher-bad'],
  },
  light: {
    ...lightTokens,
    '--mantine-color-dimmed': lightTokens['--usher-dim'],
    '--mantine-color-placeholder': lightTokens['--usher-faint'],
    '--mantine-color-error': lightTokens['--usher-bad'],
  },
})
