// Mantine's styles that only the trunks need.
import '../styles/later.ts'
import '@mantine/core/styles/Accordion.css'
import '@mantine/core/styles/SimpleGrid.css'
