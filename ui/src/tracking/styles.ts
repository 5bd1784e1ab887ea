// Mantine's styles that only these pages need.
import '../styles/later.ts'
import '@mantine/core/styles/Tabs.css'
import '@mantine/core/styles/Anchor.css'
