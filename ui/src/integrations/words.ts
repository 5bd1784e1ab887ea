import type { TFunction } from 'i18next'
import type { ConnectorKind } from '../../../api/contract/connector-words.ts'
import type { ConnectorItem } from '../../../api/contract/connectors.ts'
import type { FieldForm } from './kinds/form.ts'

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

const login =
  /^(expired_token|invalid_(token|grant|client|request)|NO_AUTH_FOUND|insufficient_scope|ACCESS_DENIED|PORTAL_DELETED|WRONG_AUTH_TYPE|uninstalled)$/
const limit = /^(QUERY_LIMIT_EXCEEDED|OPERATION_TIME_LIMIT|http429)$/
const away =
  /^(timeout|noAnswer|OVERLOAD_LIMIT|http50[234]|E(CONN|HOST|NET|PIPE|TIME|NOT)[A-Z]+|EAI_AGAIN|UND_ERR_\w+)$/

/** A text of a kind; null where it has none of that name. */
export const kindWord = (t: TFunction, kind: ConnectorKind, path: string): string | null =>
  t(`linkKinds.${kind}.${path}` as 'linkKinds.bitrix24.name', { defaultValue: '' }) || null

/** A list of texts of a kind, in the order of the file. */
export function kindLines(t: TFunction, kind: ConnectorKind, path: string): string[] {
  const lines: unknown = t(`linkKinds.${kind}.${path}` as 'linkKinds.bitrix24.name', {
    returnObjects: true,
    defaultValue: ''
  })
  return typeof lines === 'object' && lines !== null
    ? Object.values(lines).filter((line) => typeof line === 'string')
    : []
}

/** What the API says of a field. */
export const wrongOf = (wrong: Record<string, string>, { name, type }: FieldForm): string | undefined =>
  wrong[[type === 'secret' ? 'keys' : 'settings', name].join('.')]

/** What is wrong, and what to do. */
export function explainTrouble(
  t: TFunction,
  kind: ConnectorKind,
  code: string | null,
  detail: string | null,
  isLogin = false
): string {
  const known = code !== null && /^\w+$/.test(code) ? kindWord(t, kind, `troubles.${code}`) : null
  if (known !== null) return known
  if (code === 'nobodyMatched') return t('integrations.troubles.nobodyMatched')
  if (isLogin || (code !== null && login.test(code)))
    return withDetail(
      kindWord(t, kind, 'troubles.login') ?? t('integrations.troubles.login'),
      isLogin ? detail : null
    )
  if (code !== null && limit.test(code)) return t('integrations.troubles.limit')
  if (code !== null && away.test(code)) return withDetail(t('integrations.troubles.away'), detail)
  return t('integrations.troubles.refused', {
    detail: detail ?? code ?? '',
    interpolation: { escapeValue: false }
  })
}

const withDetail = (text: string, detail: string | null): string =>
  detail === null ? text : `${text} (${detail})`
