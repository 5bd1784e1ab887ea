// Mantine's styles of the menus in the top bar, which come right after the first screen.
import '@mantine/core/styles/Popover.css'
import '@mantine/core/styles/FloatingIndicator.css'
import '@mantine/core/styles/Menu.css'
import '@mantine/core/styles/SegmentedControl.css'
