import '../styles/later.ts'
import { Modal, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import styles from './keys-sheet.module.css'
import { keyGroups } from './keys.ts'

/** Every key that does something, by when. */
export default function KeysSheet({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('keys.title')}
      size={760}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <div className={styles.groups} data-testid="keys-sheet">
        {keyGroups.map(({ title, rows }) => (
          <section key={title} className={styles.group}>
            <h3 className="eyebrow">{t(title)}</h3>
            <dl>
              {rows.map(({ keys, text }) => (
                <div key={text} className={styles.row}>
                  <dt>
                    {keys.map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </dt>
                  <dd>{t(text)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <Text c="dimmed" fz="sm" mt="md">
        {t('keySheet.hint')}
      </Text>
    </Modal>
  )
}
