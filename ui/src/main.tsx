import './styles/first.ts'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { startI18n } from './i18n/index.ts'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')

function show(host: HTMLElement): void {
  createRoot(host).render(
    <StrictMode>
      <App />
    </StrictMode>
  )
}

startI18n().then(
  () => show(root),
  () => {
    // No texts have come, so these words cannot be among them.
    root.textContent = 'Страница не загрузилась. Обновите её. · The page did not load. Reload it.'
  }
)
