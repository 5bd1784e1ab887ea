import type { TFunction } from 'i18next'
import type { ConnectorItem } from '../../../api/contract/connectors.ts'

export type Shown = 'off' | 'new' | 'ready' | 'trouble' | 'needsLogin'

/** How a link stands, in one word. */
export function standing({ isActive, state, trouble }: ConnectorItem): Shown {
  if (state === 'needsLogin') return 'needsLogin'
  if (state === 'new') return 'new'
  if (!isActive) return 'off'
  return trouble === null ? 'ready' : 'trouble'
}

export const colours = {
  off: 'gray',
  new: 'amber',
  ready: 'pine',
  trouble: 'amber',
  needsLogin: 'rust'
} as const satisfies Record<Shown, string>

const own = ['notInstalled', 'otherPortal', 'nobodyMatched'] as const
const login =
  /^(expired_token|invalid_\w+|NO_AUTH_FOUND|insufficient_scope|ACCESS_DENIED|PORTAL_DELETED|WRONG_AUTH_TYPE|uninstalled)$/
const limit = /^(QUERY_LIMIT_EXCEEDED|OPERATION_TIME_LIMIT|http429)$/
const away =
  /^(timeout|noAnswer|OVERLOAD_LIMIT|http50[234]|E(CONN|HOST|NET|PIPE|TIME|NOT)[A-Z]+|EAI_AGAIN|UND_ERR_\w+)$/

/** What is wrong, and what to do. */
export function explainTrouble(t: TFunction, code: string | null, detail: string | null): string {
  const known = own.find((one) => one === code)
  if (known) return t(`integrations.troubles.${known}`)
  const kind =
    code === null
      ? null
      : login.test(code)
        ? 'login'
        : limit.test(code)
          ? 'limit'
          : away.test(code)
            ? 'away'
            : null
  if (kind) {
    const text = t(`integrations.troubles.${kind}`)
    return kind === 'away' && detail !== null ? `${text} (${detail})` : text
  }
  return t('integrations.troubles.refused', {
    detail: detail ?? code ?? '',
    interpolation: { escapeValue: false }
  })
}
