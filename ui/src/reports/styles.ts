// Mantine's styles that only reports need, after those on which they build.
import '../styles/later.ts'
import '@mantine/core/styles/Chip.css'
import '@mantine/core/styles/ColorSwatch.css'
