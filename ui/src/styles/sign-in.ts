// Mantine's styles that only the sign-in page needs.
import '@mantine/core/styles/PasswordInput.css'
import '@mantine/core/styles/FloatingIndicator.css'
import '@mantine/core/styles/SegmentedControl.css'
