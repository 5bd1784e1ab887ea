import { IconAlertTriangle, IconCircleCheck, IconCircleX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { SipFinding } from '../../../api/contract/sip-trace.ts'
import styles from './trace.module.css'

const icons = { good: IconCircleCheck, warning: IconAlertTriangle, problem: IconCircleX } as const

interface Props {
  findings: readonly SipFinding[]
  /** Points at the message that shows it. */
  onShow?: (message: number) => void
}

/** What a trace means, in plain words, with what to do about it. */
export function Findings({ findings, onShow }: Props) {
  const { t, i18n } = useTranslation()
  if (findings.length === 0) return null
  // Each leg of a call is found to be well; that is worth a line once.
  const isSaid = ({ code, level }: SipFinding, index: number): boolean =>
    level === 'good' && findings.findIndex((one) => one.code === code) < index
  return (
    <ul className={styles.findings} data-testid="sip-findings">
      {findings.map((finding, index) => {
        if (isSaid(finding, index)) return null
        const { code, level, params, message } = finding
        const Icon = icons[level]
        const side = params['refusedBy'] ?? params['by']
        const words: Record<string, unknown> = { ...params, ...(side === 'us' && { context: 'us' }) }
        // Good news and everyday ones need none.
        const hasAdvice = i18n.exists(`sipTrace.advice.${code}`)
        return (
          <li key={index} data-level={level} data-code={code}>
            <Icon size={18} aria-hidden />
            <div>
              <b>{t(`sipTrace.finding.${code}`, words)}</b>
              {hasAdvice && <p>{t(`sipTrace.advice.${code}` as 'sipTrace.advice.no_answer', words)}</p>}
              {onShow && message !== null && (
                <button type="button" className={styles.link} onClick={() => onShow(message)}>
                  {t('sipTrace.show')}
                </button>
              )}
            </div>
          </li>
        )
      })}
    </ul>
  )
}
