import { Button, Center, MantineProvider, Stack, Text } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { lazy, Suspense, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { BrowserRouter, Navigate, Route, Routes } from 'react-router'
import { withTexts } from './i18n/index.ts'
import { Mark } from './brand/mark.tsx'
import { ApiError, onSignedOut } from './lib/api.ts'
import { explain } from './lib/explain.ts'
import { Toasts } from './lib/toast.tsx'
import { forgetSession, MeContext, useSession } from './session/session.ts'
import { Verify } from './session/verify.tsx'
import { Page } from './shell/page.tsx'
import { Shell } from './shell/shell.tsx'
import { theme, variables } from './theme.ts'
import { inBackground, prefetch } from './lib/in-background.ts'

const WelcomePage = lazy(withTexts(['sign-in'], () => import('./session/welcome-page.tsx')))
const LoginPage = lazy(() => import('./session/login-page.tsx'))
const TvPage = lazy(withTexts(['calls', 'wall'], () => import('./board/tv-page.tsx')))
const operatorPage = () => import('./operator/operator-page.tsx')
const callLink = withTexts(['own'], () => import('./operator/call-link.tsx'))
const livePage = withTexts(['calls', 'wall'], () => import('./board/live-page.tsx'))
const journalPage = withTexts(['calls', 'journal', 'selection'], () => import('./journal/journal-page.tsx'))
const reportsPage = withTexts(['calls', 'reports', 'selection'], () => import('./reports/reports-page.tsx'))
const inquiriesPage = withTexts(['calls', 'crm'], () => import('./crm/inquiries-page.tsx'))
const dealsPage = withTexts(['crm'], () => import('./crm/deals-page.tsx'))
const contactsPage = withTexts(['client', 'contacts', 'crm'], () => import('./contacts/contacts-page.tsx'))
const contactPage = withTexts(
  ['calls', 'client', 'contacts', 'crm'],
  () => import('./contacts/contact-page.tsx')
)
const importsPage = withTexts(['client-imports'], () => import('./client-imports/imports-page.tsx'))
const importPage = withTexts(['client-imports'], () => import('./client-imports/import-page.tsx'))
const companyPage = withTexts(['client', 'contacts', 'crm'], () => import('./contacts/company-page.tsx'))
const tasksPage = withTexts(['tasks'], () => import('./tasks/tasks-page.tsx'))
const messagesPage = withTexts(['messages'], () => import('./messages/messages-page.tsx'))
const costsPage = withTexts(['costs', 'selection'], () => import('./costs/costs-page.tsx'))
const schemePage = withTexts(['scheme-blocks', 'schemes'], () => import('./schemes/scheme-page.tsx'))
const setupPage = withTexts(
  ['calls', 'first-hour', 'public-address', 'scheme-blocks', 'schemes', 'trunks', 'wizard'],
  () => import('./setup/setup-page.tsx')
)
const settingsPage = withTexts(
  [
    'calls',
    'crm',
    'first-hour',
    'guard',
    'many',
    'report-settings',
    'selection',
    'settings',
    'setup',
    'system',
    'tracking'
  ],
  () => import('./settings/settings-page.tsx')
)

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < 2 && !(error instanceof ApiError && error.problem.status < 500)
    }
  }
})
onSignedOut(() => forgetSession(client))

/** The signed-in part, or the door to it. */
function Gate() {
  const session = useSession()
  const { t } = useTranslation()
  useEffect(() => {
    // Whoever signs in will most likely need it: fetched while they type.
    prefetch(import('./operator/operator-page.tsx'))
  }, [])
  if (session.isPending) {
    return (
      <Center mih="100dvh">
        <Mark size={44} />
      </Center>
    )
  }
  if (session.isError) {
    return (
      <Center mih="100dvh" p="lg">
        <Stack align="center" maw={420}>
          <Mark size={44} />
          <Text ta="center">{explain(session.error)}</Text>
          <Button onClick={() => inBackground(session.refetch())}>{t('common.retry')}</Button>
        </Stack>
      </Center>
    )
  }
  const me = session.data
  // Whoever follows their link chooses a password first, whoever is signed in here.
  if (location.pathname === '/welcome')
    return (
      <Suspense>
        <WelcomePage />
      </Suspense>
    )
  if (!me)
    return (
      <Suspense>
        <LoginPage />
      </Suspense>
    )
  const isMarketer = me.role === 'marketer'
  const isLead = me.role === 'admin' || me.role === 'supervisor'
  return (
    <MeContext value={me}>
      <Verify />
      <Routes>
        <Route element={<Shell />}>
          <Route
            index
            element={
              isMarketer ? <Navigate to="/reports" replace /> : <Page key="operator" load={operatorPage} />
            }
          />
          {!isMarketer && <Route path="call" element={<Page key="call" load={callLink} />} />}
          {!isMarketer && <Route path="live" element={<Page key="live" load={livePage} />} />}
          <Route path="journal" element={<Page key="journal" load={journalPage} />} />
          <Route path="inquiries" element={<Page key="inquiries" load={inquiriesPage} />} />
          <Route path="contacts" element={<Page key="contacts" load={contactsPage} />} />
          <Route path="contacts/:id" element={<Page key="contact" load={contactPage} />} />
          {isLead && <Route path="client-imports" element={<Page key="imports" load={importsPage} />} />}
          {isLead && <Route path="client-imports/:id" element={<Page key="import" load={importPage} />} />}
          <Route path="companies/:id" element={<Page key="company" load={companyPage} />} />
          {!isMarketer && <Route path="tasks/:tab?/:id?" element={<Page key="tasks" load={tasksPage} />} />}
          {!isMarketer && <Route path="messages" element={<Page key="messages" load={messagesPage} />} />}
          <Route path="deals" element={<Page key="deals" load={dealsPage} />} />
          {(me.role === 'admin' || isMarketer) && (
            <Route path="costs/:tab?" element={<Page key="costs" load={costsPage} />} />
          )}
          {me.role !== 'operator' && (
            <Route path="reports/:name?" element={<Page key="reports" load={reportsPage} />} />
          )}
          {me.role === 'admin' && (
            <Route path="setup/:step?" element={<Page key="setup" load={setupPage} />} />
          )}
          {me.role === 'admin' && (
            <Route path="schemes/:id" element={<Page key="scheme" load={schemePage} />} />
          )}
          {me.role !== 'operator' && (
            <Route
              path="settings/:section?/:id?/:tab?"
              element={<Page key="settings" load={settingsPage} />}
            />
          )}
          <Route path="*" element={<Navigate to="/" replace />} />
        </Route>
      </Routes>
    </MeContext>
  )
}

function Corner() {
  const { t } = useTranslation()
  return <Toasts closeLabel={t('common.close')} />
}

export function App() {
  return (
    // Mantine's variables are made here instead of being fetched as a style sheet too: 4 kB less at first.
    <MantineProvider
      theme={theme}
      cssVariablesResolver={variables}
      defaultColorScheme="auto"
      deduplicateCssVariables={false}
    >
      <QueryClientProvider client={client}>
        <Corner />
        <BrowserRouter>
          <Routes>
            {/* A screen on the wall: nobody signs in there. */}
            <Route
              path="/tv"
              element={
                <Suspense>
                  <TvPage />
                </Suspense>
              }
            />
            <Route path="*" element={<Gate />} />
          </Routes>
        </BrowserRouter>
      </QueryClientProvider>
    </MantineProvider>
  )
}
