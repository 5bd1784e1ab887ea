import { SegmentedControl } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLater } from '../lib/use-later.ts'
import type { Site } from './sites.tsx'
import styles from './tracking.module.css'

interface Frame extends Window {
  vpbxWidget?: Record<string, unknown>
  vpbxPart?: (inside: () => object) => { show(isOpen: boolean): void }
}

/** The real widget in a page of its own, drawn anew with each change; orders go nowhere. */
export function WidgetPreview({ siteKey, widget }: { siteKey: string; widget: Site['widget'] }) {
  const { t, i18n } = useTranslation()
  const frame = useRef<HTMLIFrameElement>(null)
  const [language, setLanguage] = useState(i18n.language === 'ru' ? 'ru' : 'en')
  const settled = useLater(widget, 400)
  const look = JSON.stringify(settled)
  const page = `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>${t('tracking.widget.preview')}</title><script src="/t-widget.js?key=${siteKey}"></script></head><body></body></html>`
  useEffect(() => {
    const element = frame.current
    if (!element) return undefined
    const draw = (): void => {
      const own: Frame | null = element.contentWindow
      if (!own?.vpbxPart || !own.vpbxWidget) return
      own.document.body.replaceChildren()
      // Pages are of the site: here the widget shows on every one.
      own.vpbxWidget = { ...own.vpbxWidget, ...(JSON.parse(look) as object), pages: [] }
      const ordered = () => Promise.resolve(new Response('{"id":"preview"}', { status: 201 }))
      own
        .vpbxPart(() => ({
          ...{ key: siteKey, base: '', groups: [], ids: null },
          send: ordered,
          on: () => undefined,
          here: () => '/'
        }))
        .show(true)
    }
    draw()
    element.addEventListener('load', draw)
    return () => element.removeEventListener('load', draw)
  }, [look, siteKey, language])
  return (
    <>
      <iframe
        ref={frame}
        key={language}
        className={styles.frame}
        title={t('tracking.widget.preview')}
        srcDoc={page}
        data-testid="widget-preview"
      />
      <SegmentedControl
        mt="xs"
        size="xs"
        aria-label={t('tracking.widget.texts')}
        data={(['ru', 'en'] as const).map((value) => ({
          value,
          label: t(`tracking.widget.language.${value}`)
        }))}
        value={language}
        onChange={setLanguage}
      />
    </>
  )
}
