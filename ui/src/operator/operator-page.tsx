import { Alert, Button, Group, Skeleton, Text, VisuallyHidden } from '@mantine/core'
import { IconBell, IconMicrophone } from '@tabler/icons-react'
import { lazy, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Part } from '../lib/part.tsx'
import { withTexts } from '../i18n/index.ts'
import { Mark } from '../brand/mark.tsx'
import { clock } from '../lib/format.ts'
import { remembered } from '../lib/storage.ts'
import { useBoard } from '../live/use-live.tsx'
import { useDemo } from '../session/demo.ts'
import { useMe } from '../session/session.ts'
import { useOwnPresence } from '../shell/presence.tsx'
import { useSoftphoneWords } from '../shell/softphone-pill.tsx'
import { askForNotifications, notificationState } from '../softphone/notices.ts'
import { useSoftphone } from '../softphone/softphone-provider.tsx'
import { useCurrentCall, useJustEnded } from '../softphone/use-current-call.ts'
import { CallCard } from './call-card.tsx'
import styles from './operator.module.css'
import { PlaceTestCall } from './place-test-call.tsx'
import { PausedNotice, WrapUpBar } from './wrap-up-bar.tsx'
import { inBackground } from '../lib/in-background.ts'

const WrapUp = lazy(withTexts(['calls', 'client', 'crm'], () => import('../call/wrap-up.tsx')))
const ClientCard = lazy(withTexts(['calls', 'client', 'crm'], () => import('../client/client-card.tsx')))
const WaitingStrip = lazy(withTexts(['client'], () => import('../client/waiting-strip.tsx')))
const OwnSide = lazy(withTexts(['own'], () => import('./own-side.tsx')))
const SetupCard = lazy(withTexts(['first-hour'], () => import('../setup/setup-card.tsx')))
const CallDrawer = lazy(withTexts(['calls', 'crm', 'journal'], () => import('../call/call-drawer.tsx')))

/** What keeps calls from reaching this operator, each with what to do about it. */
function Notices() {
  const { t } = useTranslation()
  const softphone = useSoftphone()
  const [notice, setNotice] = useState(notificationState())
  const [refused, setRefused] = useState(false)
  const takeOver = async (): Promise<void> => setRefused(!(await softphone.takeOver()))
  if (softphone.registration === 'elsewhere') {
    return (
      <Alert color="amber" title={t('softphone.short.elsewhere')} data-testid="elsewhere">
        <Group justify="space-between" gap="sm">
          <Text fz="sm">{t(refused ? 'softphone.inCallThere' : 'softphone.long.elsewhere')}</Text>
          <Button size="xs" onClick={() => inBackground(takeOver())} data-testid="take-over">
            {t('softphone.takeOver')}
          </Button>
        </Group>
      </Alert>
    )
  }
  const { microphone, isBrowserPhone, registration } = softphone
  if (!isBrowserPhone) return null
  return (
    <>
      {microphone !== 'ready' && registration !== 'insecure' && (
        <Alert color={microphone === 'unknown' ? 'pine' : 'rust'} data-testid="microphone-notice">
          <Group justify="space-between" gap="sm">
            <Text fz="sm" maw={480}>
              {t(`softphone.microphone.${microphone}`)}
            </Text>
            <Button size="xs" leftSection={<IconMicrophone size={15} />} onClick={softphone.allowMicrophone}>
              {t(microphone === 'unknown' ? 'softphone.allowMicrophone' : 'softphone.tryAgain')}
            </Button>
          </Group>
        </Alert>
      )}
      {registration === 'insecure' && <Alert color="rust">{t('softphone.long.insecure')}</Alert>}
      {notice === 'ask' && microphone === 'ready' && (
        <Alert color="pine">
          <Group justify="space-between" gap="sm">
            <Text fz="sm" maw={480}>
              {t('desk.notificationsText')}
            </Text>
            <Button
              size="xs"
              variant="default"
              leftSection={<IconBell size={15} />}
              onClick={() => inBackground(askForNotifications().then(setNotice))}
            >
              {t('desk.notificationsAsk')}
            </Button>
          </Group>
        </Alert>
      )}
    </>
  )
}

function Idle() {
  const { t } = useTranslation()
  const me = useMe()
  const words = useSoftphoneWords()
  const ended = useJustEnded(60_000)
  const presence = useBoard().operators[me.id]?.presence ?? me.presence
  const isReady = words.state === 'registered' || words.state === 'desk'
  const takesCalls = presence !== 'away' && presence !== 'offline'
  const title = ended
    ? t(ended.wasTalking ? 'desk.ended' : 'desk.gone')
    : !isReady
      ? words.short
      : t(takesCalls ? 'desk.ready' : 'desk.notTaking')
  const text = ended
    ? ended.wasTalking
      ? t('desk.endedText', { time: clock(ended.seconds) })
      : t('desk.goneText')
    : isReady && !takesCalls
      ? t('desk.notTakingText')
      : isReady
        ? t('desk.readyText')
        : words.long
  return (
    <>
      {words.state !== 'elsewhere' && (
        <section className={`sheet ${styles.idle}`} data-testid="idle">
          <Mark size={52} />
          <Text fz="xl" fw={640} mt={10}>
            {title}
          </Text>
          <Text c="dimmed" maw={420}>
            {text}
          </Text>
        </section>
      )}
    </>
  )
}

/** The first call, for whoever has just come. */
function FirstCall() {
  const { t } = useTranslation()
  const demo = useDemo()
  if (!demo.data?.isDemo) return null
  return (
    <section className="sheet" style={{ padding: 20 }} aria-label={t('demo.title')}>
      <Group justify="space-between" mb="md" gap="sm">
        <Text fw={620}>{t('demo.title')}</Text>
        <PlaceTestCall />
      </Group>
      <ol className={styles.steps}>
        <li>
          <Text fz="sm">{t('demo.step1')}</Text>
        </li>
        <li>
          <Text fz="sm">{t('demo.step2')}</Text>
        </li>
        <li>
          <Text fz="sm">{t('demo.step3')}</Text>
        </li>
      </ol>
    </section>
  )
}

/** The operator's own page: the call on the line, or the calm before it; own recent calls beside. */
export default function OperatorPage() {
  const { t } = useTranslation()
  const current = useCurrentCall()
  const presence = useOwnPresence()
  const { last } = useSoftphone()
  const [opened, setOpened] = useState<string | null>(null)
  const me = useMe()
  const own = useBoard().operators[me.id]
  // In one place for the talk and for the time after it, so that a note half written stays.
  const inTalk = current?.phase === 'talking' ? (current.live?.id ?? null) : null
  const afterTalk = current ? null : last?.wasTalking ? last.callId : (own?.wrapUpCallId ?? null)
  const notesOf = inTalk ?? afterTalk
  useEffect(() => {
    // A page that was closed in the midst of a word, or without a connection, has left its notes in this browser.
    if (remembered('notes.left') !== null)
      inBackground(import('../call/note-drafts.ts').then(({ sendLeftDrafts }) => sendLeftDrafts(me.id, null)))
  }, [me.id])
  return (
    <main className="page">
      {/* Eyes need no title here: the first thing on the page is what to do. */}
      <VisuallyHidden component="h1">{t('nav.desk')}</VisuallyHidden>
      <div className={styles.desk}>
        <div style={{ display: 'grid', gap: 14, minWidth: 0 }}>
          {current ? <CallCard current={current} /> : <Notices />}
          {!current && <PausedNotice />}
          <WrapUpBar />
          {(inTalk !== null || presence === 'wrapUp') && (
            <Part>
              <WaitingStrip isInTalk={inTalk !== null} />
            </Part>
          )}
          {!current && presence !== 'wrapUp' && <Idle />}
          {notesOf && (
            <Part>
              <WrapUp key={notesOf} callId={notesOf} isOver={inTalk === null} />
            </Part>
          )}
          {me.role === 'admin' && !current && (
            <Part>
              <SetupCard />
            </Part>
          )}
          {!current && <FirstCall />}
        </div>
        <div className={styles.side}>
          {notesOf && (
            <Part fallback={<Skeleton height={220} radius="lg" />}>
              <ClientCard key={notesOf} callId={notesOf} canCall={!current} />
            </Part>
          )}
          <Part fallback={<Skeleton height={260} radius="lg" />}>
            <OwnSide isFree={!current} onOpen={setOpened} />
          </Part>
        </div>
      </div>
      {opened && (
        <Part>
          <CallDrawer callId={opened} onClose={() => setOpened(null)} />
        </Part>
      )}
    </main>
  )
}
