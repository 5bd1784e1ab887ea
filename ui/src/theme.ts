import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core'

/** The brand: a line that has been traced back to its source. */
const pine: MantineColorsTuple = [
  '#e8f5f1',
  '#d2eae3',
  '#a5d5c8',
  '#75bfad',
  '#4ba993',
  '#2d937d',
  '#1b7d69',
  '#12695a',
  '#0c5549',
  '#073f37'
]
/** Whatever rings or waits. */
const amber: MantineColorsTuple = [
  '#fff6e4',
  '#fee8c1',
  '#fad38b',
  '#f5bc54',
  '#eea62c',
  '#dc8f0e',
  '#b57207',
  '#8f5a05',
  '#6c4404',
  '#4a2e02'
]
/** Whatever was lost. */
const rust: MantineColorsTuple = [
  '#fdeeea',
  '#f9d9d0',
  '#f0b3a3',
  '#e68a73',
  '#dc6747',
  '#cc4b2c',
  '#b33d21',
  '#943119',
  '#722612',
  '#501a0c'
]
const gray: MantineColorsTuple = [
  '#faf9f7',
  '#f4f2ee',
  '#e9e6e0',
  '#dad6ce',
  '#bfbab0',
  '#979085',
  '#6c675d',
  '#524e46',
  '#35322d',
  '#1f1d1a'
]
const dark: MantineColorsTuple = [
  '#dce2df',
  '#b7c0bc',
  '#8f9a95',
  '#65706b',
  '#3b4541',
  '#2c3532',
  '#1f2724',
  '#171d1b',
  '#111614',
  '#0b0f0d'
]

export const theme = createTheme({
  primaryColor: 'pine',
  primaryShade: { light: 7, dark: 6 },
  colors: { pine, amber, rust, gray, dark },
  white: '#ffffff',
  black: '#1d211f',
  defaultRadius: 'md',
  radius: { xs: '3px', sm: '5px', md: '8px', lg: '12px', xl: '18px' },
  fontFamily:
    "'Inter', 'SF Pro Text', -apple-system, 'Segoe UI Variable Text', 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Arial, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', 'Liberation Mono', Menlo, monospace",
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  lineHeights: { xs: '1.35', sm: '1.4', md: '1.45', lg: '1.5', xl: '1.4' },
  headings: {
    fontWeight: '620',
    sizes: {
      h1: { fontSize: '1.75rem', lineHeight: '1.2' },
      h2: { fontSize: '1.25rem', lineHeight: '1.25' },
      h3: { fontSize: '1rem', lineHeight: '1.35' }
    }
  },
  shadows: {
    xs: '0 1px 2px rgb(20 24 22 / 6%)',
    sm: '0 1px 2px rgb(20 24 22 / 5%), 0 4px 12px rgb(20 24 22 / 5%)',
    md: '0 2px 4px rgb(20 24 22 / 5%), 0 12px 32px rgb(20 24 22 / 10%)'
  },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'sm' } },
    TextInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', checkIconPosition: 'right' } },
    Table: { defaultProps: { borderColor: 'var(--rt-line)' } },
    Badge: { styles: { root: { minWidth: 'max-content' } } },
    InputWrapper: { styles: { label: { marginBottom: 4 } } },
    Tooltip: { defaultProps: { openDelay: 250, withArrow: true } },
    Modal: {
      styles: { title: { fontWeight: 620 } },
      defaultProps: { radius: 'lg', overlayProps: { backgroundOpacity: 0.35, blur: 2 } }
    },
    Drawer: { defaultProps: { overlayProps: { backgroundOpacity: 0.3 } } }
  }
})

/** The soft variant of a colour: Mantine's own goes almost black in the dark. */
function soft(name: string, background: string, text: string, hover: string): Record<string, string> {
  return {
    [`--mantine-color-${name}-light`]: background,
    [`--mantine-color-${name}-light-hover`]: hover,
    [`--mantine-color-${name}-light-color`]: text
  }
}

/** Own variables beside Mantine's: the canvas under the papers, hairlines, and the two signal colours. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--rt-canvas': '#f5f3ee',
    '--rt-line': '#e6e2da',
    '--rt-soft': '#f8f6f2',
    '--rt-brand': pine[7],
    '--rt-ring': amber[5],
    '--rt-ring-soft': '#fdf3df',
    '--rt-talk-soft': '#e6f3ef',
    '--rt-lost': rust[6],
    '--rt-wave': '#c3bdb0',
    '--rt-hover': '#ece8e0',
    '--rt-chosen': '#e1ede8',
    '--rt-step': '#e2ddd2',
    '--rt-step-text': '#35322d',
    '--rt-ringing': '#f9dca4',
    '--rt-ringing-text': '#5d3c02',
    '--rt-talking': pine[7],
    ...soft('pine', '#dff0ea', pine[8], '#d2eae3'),
    ...soft('amber', '#fdefd3', amber[8], '#fbe6bd'),
    ...soft('rust', '#fbe4dd', rust[7], '#f8d7cd'),
    ...soft('gray', '#efece6', gray[7], '#e7e3db'),
    '--mantine-color-dimmed': gray[6],
    '--mantine-color-error': rust[6],
    '--mantine-color-default-border': '#dcd7cd'
  },
  dark: {
    '--rt-canvas': '#0e1211',
    '--rt-line': '#283029',
    '--rt-soft': '#1b2220',
    '--rt-brand': pine[3],
    '--rt-ring': amber[4],
    '--rt-ring-soft': '#2b2413',
    '--rt-talk-soft': '#15271f',
    '--rt-lost': rust[3],
    '--rt-wave': '#46524d',
    '--rt-hover': '#1b2220',
    '--rt-chosen': '#1a2b25',
    '--rt-step': '#353f3b',
    '--rt-step-text': '#dce2df',
    '--rt-ringing': '#5c4516',
    '--rt-ringing-text': '#ffe3b0',
    '--rt-talking': pine[6],
    ...soft('pine', '#17342c', pine[2], '#1c3f35'),
    ...soft('amber', '#3a2d10', amber[2], '#473714'),
    ...soft('rust', '#3d1d15', rust[2], '#4a241a'),
    ...soft('gray', '#262e2b', dark[1], '#2f3835'),
    '--mantine-color-body': '#161c1a',
    '--mantine-color-dimmed': dark[2],
    '--mantine-color-error': rust[3],
    '--mantine-color-default': '#1b2220',
    '--mantine-color-default-border': '#333d39'
  }
})
