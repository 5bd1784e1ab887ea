import { ActionIcon } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { formatPhone } from '../lib/format.ts'
import { inBackground } from '../lib/in-background.ts'
import { toast } from '../lib/toast.tsx'
import { CallNumber } from '../operator/click-to-call.tsx'
import styles from './client.module.css'
import { SavedField } from './saved-field.tsx'

const most = 20

interface Props {
  phones: readonly string[]
  /** The number of this call: marked, and not called again from here while it talks. */
  current: string | null
  isReadOnly: boolean
  /** Nobody has the number yet: without it there would be no client. */
  isNew: boolean
  canCall: boolean
  onSave: (phones: string[]) => Promise<string | null>
}

/** The numbers of a client: each may be changed where it stands, taken off or called; the last line adds one. */
export function Phones({ phones, current, isReadOnly, isNew, canCall, onSave }: Props) {
  const { t } = useTranslation()
  const check = (text: string): string | null => {
    const digits = text.replace(/\D/g, '')
    if (text === '') return null
    if (/\p{L}/u.test(text)) return t('client.phoneLetters')
    return digits.length >= 5 && digits.length <= 15 ? null : t('client.phoneLength')
  }
  const save = (phone: string, text: string): Promise<string | null> =>
    onSave(phones.flatMap((each) => (each !== phone ? [each] : text === '' ? [] : [text])))
  const remove = async (phone: string): Promise<void> => {
    const refused = await save(phone, '')
    if (refused !== null) toast('rust', refused)
  }
  return (
    <div className={styles.phones} role="group" aria-label={t('client.phones')}>
      <div className={styles.label}>{t('client.phones')}</div>
      {phones.map((phone) => (
        <div key={phone} className={styles.phone} data-testid="client-phone" data-number={phone}>
          <SavedField
            label={`${t('client.phone')} ${formatPhone(phone)}`}
            isBare
            isNumeric
            value={formatPhone(phone)}
            maxLength={40}
            isReadOnly={isReadOnly}
            check={check}
            onSave={(text) => save(phone, text)}
            testId="client-phone-field"
          />
          <span>
            {phone === current ? (
              <span className={styles.mark}>{t('client.thisCall')}</span>
            ) : (
              canCall && <CallNumber number={phone} />
            )}
          </span>
          {!isReadOnly && !isNew && (
            <ActionIcon
              variant="subtle"
              color="gray"
              size="sm"
              aria-label={t('client.removePhone', { phone: formatPhone(phone) })}
              onClick={() => inBackground(remove(phone))}
              data-testid="client-phone-remove"
            >
              <IconX size={15} />
            </ActionIcon>
          )}
        </div>
      ))}
      {!isReadOnly && phones.length < most && (
        <SavedField
          label={t('client.addPhone')}
          isBare
          isNumeric
          isAdding
          value=""
          placeholder={t('client.addPhone')}
          maxLength={40}
          isReadOnly={false}
          check={check}
          onSave={(text) => onSave([...phones, text])}
          testId="client-phone-add"
        />
      )}
    </div>
  )
}
