import { Badge, Loader, Tabs } from '@mantine/core'
import { ReactFlowProvider } from '@xyflow/react'
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SchemeRecord } from '../../../api/contract/config.ts'
import type { Scheme } from '../../../ivr/scheme.ts'
import { mediaProblems } from '../../../ivr/media.ts'
import { simulate, type Scenario } from '../../../ivr/simulate.ts'
import { allWithSchedules, noSchedules, withSchedules } from '../../../ivr/schedules.ts'
import { validateScheme } from '../../../ivr/validate.ts'
import { serverNowMs } from '../lib/api.ts'
import { useLater } from '../lib/use-later.ts'
import { Canvas, type Look } from './canvas.tsx'
import { ConflictDialog } from './conflict-dialog.tsx'
import { EmptyHint } from './empty-hint.tsx'
import type { Overlay } from './flow.ts'
import { firstScenario } from './imagined.ts'
import { Inspector } from './inspector.tsx'
import { KeyPicks } from './key-picks.tsx'
import { freePlace, layOut } from './layout.ts'
import { isTyping } from './model.ts'
import { Palette } from './palette.tsx'
import { ProblemsList } from './problems-list.tsx'
import { PublishDialog } from './publish-dialog.tsx'
import { Simulator } from './simulator.tsx'
import { Toolbar } from './toolbar.tsx'
import { useBlockKeys } from './use-block-keys.ts'
import { useDraft } from './use-draft.ts'
import { TestCallBar, TestCallDialog } from './test-call.tsx'
import { useChecks, useLiveCounts, useOthers, usePassed, useVersions } from './use-around.ts'
import { useTestCall } from './use-test-call.ts'
import { useThings } from './use-things.ts'
import { Versions } from './versions.tsx'
import { kindWord } from './words.ts'
import styles from './schemes.module.css'

type Tab = 'block' | 'problems' | 'simulator' | 'versions'

/** Palette, canvas and what belongs to the chosen block, over a draft that saves itself. */
export function SchemeEditor({ record }: { record: SchemeRecord }) {
  return (
    <ReactFlowProvider>
      <Drawing record={record} />
    </ReactFlowProvider>
  )
}

/** A scheme that was written by hand or by a program has no places for its blocks yet. */
function isPlaced({ blocks }: Scheme): boolean {
  return Object.values(blocks).every(({ position }) => position !== undefined)
}

const noPath: Overlay['path'] = []

function Drawing({ record }: { record: SchemeRecord }) {
  const { t, i18n } = useTranslation()
  const draft = useDraft(record)
  const { editing, onEdit } = draft
  const { scheme, chosen } = editing
  const [tab, setTab] = useState<Tab>('block')
  const [look, setLook] = useState<Look | null>({ at: null })
  const [scenario, setScenario] = useState<Scenario>(() => firstScenario(serverNowMs()))
  const [isPublishing, setPublishing] = useState(false)
  const [published, setPublished] = useState(record.publishedVersion)
  const things = useThings(record.id, scheme.locale)
  const checks = useChecks(record.id)
  const versions = useVersions(record.id, published)
  const near = useOthers(scheme)
  const hours = things?.hours ?? noSchedules
  const others = useMemo(() => allWithSchedules(near, hours), [near, hours])
  const asRun = useMemo(() => withSchedules(scheme, hours), [scheme, hours])
  const live = useLiveCounts(record.id)
  const passed = usePassed(record.id)
  const test = useTestCall()
  const [isTrying, setTrying] = useState(false)
  const host = useRef<HTMLDivElement>(null)

  useEffect(() => {
    if (!isPlaced(scheme)) onEdit({ do: 'move', to: layOut(scheme) })
  }, [scheme, onEdit])

  const latest = useRef(editing)
  useEffect(() => {
    latest.current = editing
  })
  // A letter stands in its field at once; the picture and the lists of blocks follow when there is time for them. What
  // is done on the picture itself is seen there at once.
  const later = useDeferredValue(editing)
  const drawn = isTyping(editing) ? later : editing
  // Checked when the pen rests: typing and dragging stay smooth in large schemes.
  const settled = useDeferredValue(useLater(scheme, 120))
  const problems = useMemo(
    () => (things ? [...validateScheme(settled, things.known), ...mediaProblems(settled, things.known)] : []),
    [settled, things]
  )
  const simulation = useMemo(
    () =>
      tab === 'simulator' ? simulate(withSchedules(settled, hours), { ...scenario, schemes: others }) : null,
    [tab, settled, scenario, others, hours]
  )
  const overlay = useMemo<Overlay>(
    () => ({
      problems,
      path: test.running
        ? test.path
        : (simulation?.path.filter(({ scheme: other }) => other === null) ?? noPath),
      live,
      passed,
      tested: test.at,
      language: i18n.language
    }),
    [problems, simulation, live, passed, test.running, test.path, test.at, i18n.language]
  )

  const fit = useCallback((): void => setLook({ at: null }), [])
  const tidy = useCallback((): void => {
    onEdit({ do: 'move', to: layOut(latest.current.scheme) })
    fit()
  }, [onEdit, fit])
  const add = useCallback(
    (type: string, at?: { x: number; y: number }): void => {
      const { scheme, chosen } = latest.current
      const from = chosen.length === 1 ? chosen[0] : undefined
      const block = from === undefined ? undefined : scheme.blocks[from]
      // Drawn on from the chosen block, by its first exit that leads nowhere yet.
      const exit = block && Object.entries(block.exits).find(([, target]) => target === null)?.[0]
      const place = at ?? freePlace(scheme, block?.position)
      const isLinked = from !== undefined && exit !== undefined && at === undefined
      onEdit({
        do: 'add',
        type,
        label: kindWord(type),
        at: place,
        ...(isLinked && { from: { block: from, exit } })
      })
      setTab('block')
    },
    [onEdit]
  )
  const showProblems = useCallback((): void => setTab('problems'), [])
  const openPublish = useCallback((): void => setPublishing(true), [])
  const openTest = useCallback((): void => setTrying(true), [])
  const lookAt = useCallback(
    (block: string | null): void => {
      onEdit({ do: 'choose', blocks: block === null ? [] : [block] })
      setLook({ at: block })
    },
    [onEdit]
  )
  const duplicate = useBlockKeys(host, editing, onEdit)
  // The canvas goes along with the call.
  useEffect(() => {
    if (test.at !== null) setLook({ at: test.at })
  }, [test.at])
  // Whoever picks a block wants to see it, unless they follow an imagined call.
  const choice = chosen.join(' ')
  useEffect(() => {
    if (choice !== '') setTab((before) => (before === 'simulator' ? before : 'block'))
  }, [choice])

  if (!things) return <Loader type="dots" size="sm" m="xl" />
  const errors = problems.filter(({ severity }) => severity === 'error').length
  const current = versions.data?.find(({ version }) => version === published)
  const onVersion = (next: SchemeRecord): void => setPublished(next.publishedVersion)
  return (
    <main className={styles.editor}>
      <Toolbar
        {...{ record, published, errors, onEdit }}
        saving={draft.saving}
        canUndo={editing.past.length > 0}
        canRedo={editing.future.length > 0}
        problems={problems.length}
        flush={draft.flush}
        onProblems={showProblems}
        onPublish={openPublish}
        onTest={test.running && !test.isOver ? null : openTest}
        onReplaced={fit}
      />
      <div className={styles.work} ref={host}>
        <Palette onAdd={add} />
        <div className={styles.stage}>
          <Canvas {...{ overlay, look, onEdit }} editing={drawn} onAdd={add} onTidy={tidy} />
          <TestCallBar scheme={scheme} test={test} />
          {Object.keys(scheme.blocks).length === 0 && <EmptyHint draft={draft} onReplaced={fit} />}
        </div>
        <aside className={styles.side} aria-label={t(`schemes.tab.${tab}`)}>
          <Tabs
            value={tab}
            onChange={(next) => setTab((next ?? 'block') as Tab)}
            classNames={{ root: styles.tabs ?? '', panel: styles.panel ?? '' }}
            keepMounted={false}
          >
            <Tabs.List grow>
              <Tabs.Tab value="block" data-testid="tab-block">
                {chosen.length === 0 ? t('schemes.scheme.title') : t('schemes.tab.block')}
              </Tabs.Tab>
              <Tabs.Tab
                value="problems"
                data-testid="tab-problems"
                rightSection={
                  problems.length > 0 && (
                    <Badge size="xs" variant="light" color={errors > 0 ? 'rust' : 'amber'}>
                      {problems.length}
                    </Badge>
                  )
                }
              >
                {t('schemes.tab.problems')}
              </Tabs.Tab>
              <Tabs.Tab value="simulator" data-testid="tab-simulator">
                {t('schemes.tab.simulator')}
              </Tabs.Tab>
              <Tabs.Tab value="versions" data-testid="tab-versions">
                {t('schemes.tab.versions')}
              </Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="block">
              <Inspector
                {...{ editing, problems, things, onEdit }}
                drawn={drawn.scheme}
                onDuplicate={duplicate}
              />
            </Tabs.Panel>
            <Tabs.Panel value="problems">
              <ProblemsList
                {...{ scheme, problems }}
                onLook={(block) => {
                  lookAt(block)
                  setTab('block')
                }}
              />
            </Tabs.Panel>
            <Tabs.Panel value="simulator">
              {simulation && (
                <Simulator
                  {...{ others, scenario, simulation, things }}
                  scheme={asRun}
                  schemeId={record.id}
                  checks={checks.data ?? []}
                  onScenario={setScenario}
                  onLook={(block) => setLook({ at: block })}
                />
              )}
            </Tabs.Panel>
            <Tabs.Panel value="versions">
              <Versions
                {...{ scheme, onEdit }}
                schemeId={record.id}
                publishedVersion={published}
                versions={versions.data}
                onRolledBack={onVersion}
              />
            </Tabs.Panel>
          </Tabs>
        </aside>
      </div>
      <ConflictDialog draft={draft} />
      <KeyPicks {...{ editing, onEdit }} onAdd={add} />
      {isTrying && (
        <TestCallDialog
          {...{ scenario, things, test }}
          schemeId={record.id}
          flush={draft.flush}
          onScenario={setScenario}
          onClose={() => setTrying(false)}
        />
      )}
      {isPublishing && (
        <PublishDialog
          {...{ draft, problems, others, hours }}
          schemeId={record.id}
          published={current ? (current.body as unknown as Scheme) : null}
          checks={checks.data ?? []}
          onPublished={onVersion}
          onProblems={() => {
            setPublishing(false)
            setTab('problems')
          }}
          onClose={() => setPublishing(false)}
        />
      )}
    </main>
  )
}
