import { Button, Center, Loader, MantineProvider, Stack, Text } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { BrowserRouter, Navigate, Route, Routes } from 'react-router'
import { withTexts } from './i18n/index.ts'
import { Mark } from './brand/mark.tsx'
import { ApiError, onSignedOut } from './lib/api.ts'
import { explain } from './lib/explain.ts'
import { Toasts } from './lib/toast.tsx'
import { forgetSession, MeContext, useSession } from './session/session.ts'
import { Shell } from './shell/shell.tsx'
import { theme, variables } from './theme.ts'
import { inBackground } from './lib/in-background.ts'

const WelcomePage = lazy(withTexts(['sign-in'], () => import('./session/welcome-page.tsx')))
const LoginPage = lazy(() => import('./session/login-page.tsx'))
const OperatorPage = lazy(() => import('./operator/operator-page.tsx'))
const CallLink = lazy(withTexts(['own'], () => import('./operator/call-link.tsx')))
const TvPage = lazy(withTexts(['calls', 'wall'], () => import('./board/tv-page.tsx')))
const LivePage = lazy(withTexts(['calls', 'wall'], () => import('./board/live-page.tsx')))
const JournalPage = lazy(
  withTexts(['calls', 'journal', 'selection'], () => import('./journal/journal-page.tsx'))
)
const ReportsPage = lazy(
  withTexts(['calls', 'reports', 'selection'], () => import('./reports/reports-page.tsx'))
)
const InquiriesPage = lazy(withTexts(['calls', 'crm'], () => import('./crm/inquiries-page.tsx')))
const DealsPage = lazy(withTexts(['crm'], () => import('./crm/deals-page.tsx')))
const CostsPage = lazy(withTexts(['costs', 'selection'], () => import('./costs/costs-page.tsx')))
const SchemePage = lazy(withTexts(['scheme-blocks', 'schemes'], () => import('./schemes/scheme-page.tsx')))
const SetupPage = lazy(
  withTexts(
    ['calls', 'first-hour', 'scheme-blocks', 'schemes', 'trunks', 'wizard'],
    () => import('./setup/setup-page.tsx')
  )
)
const SettingsPage = lazy(
  withTexts(
    [
      'calls',
      'crm',
      'first-hour',
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

function Waiting() {
  return (
    <Center mih="50dvh">
      <Loader type="dots" size="sm" />
    </Center>
  )
}

/** The signed-in part, or the door to it. */
function Gate() {
  const session = useSession()
  const { t } = useTranslation()
  useEffect(() => {
    // Whoever signs in will most likely need it: fetched while they type.
    inBackground(import('./operator/operator-page.tsx'))
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
  const page = (content: ReactNode) => <Suspense fallback={<Waiting />}>{content}</Suspense>
  return (
    <MeContext value={me}>
      <Routes>
        <Route element={<Shell />}>
          <Route index element={isMarketer ? <Navigate to="/reports" replace /> : page(<OperatorPage />)} />
          {!isMarketer && <Route path="call" element={page(<CallLink />)} />}
          {!isMarketer && <Route path="live" element={page(<LivePage />)} />}
          <Route path="journal" element={page(<JournalPage />)} />
          <Route path="inquiries" element={page(<InquiriesPage />)} />
          <Route path="deals" element={page(<DealsPage />)} />
          {(me.role === 'admin' || isMarketer) && <Route path="costs/:tab?" element={page(<CostsPage />)} />}
          {me.role !== 'operator' && <Route path="reports/:name?" element={page(<ReportsPage />)} />}
          {me.role === 'admin' && <Route path="setup/:step?" element={page(<SetupPage />)} />}
          {me.role === 'admin' && <Route path="schemes/:id" element={page(<SchemePage />)} />}
          {me.role !== 'operator' && (
            <Route path="settings/:section?/:id?/:tab?" element={page(<SettingsPage />)} />
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
