import './app/no-eval.ts'
import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import './ui/base.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/App.tsx'
import { startClock } from './app/clock.ts'
import { followBreaches } from './app/follow-breaches.ts'
import { followOutcomes } from './app/follow-outcomes.ts'
import { startSession } from './app/session.ts'

const root = document.getElementById('root')
if (root === null) throw new Error('index.html lacks #root')

startClock()
followOutcomes()
followBreaches()
startSession()
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
