import { Text, UnstyledButton } from '@mantine/core'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { draggedType } from './canvas.tsx'
import { groups, KindIcon } from './icons.tsx'
import styles from './schemes.module.css'

/** Every kind of block, to be pressed or dragged onto the canvas. */
export const Palette = memo(function Palette({ onAdd }: { onAdd: (type: string) => void }) {
  const { t } = useTranslation()
  return (
    <nav className={styles.palette} aria-label={t('schemes.palette')}>
      {groups.map(({ name, types }) => (
        <section key={name}>
          <Text className="eyebrow" px={10} pt={10} pb={4}>
            {t(`blocks.group.${name}`)}
          </Text>
          {types.map((type) => (
            <UnstyledButton
              key={type}
              className={styles.offer ?? ''}
              data-group={name}
              title={t(`blocks.kindHelp.${type}`)}
              draggable
              onDragStart={(event) => {
                event.dataTransfer.setData(draggedType, type)
                event.dataTransfer.effectAllowed = 'copy'
              }}
              onClick={() => onAdd(type)}
              data-testid={`add-${type}`}
            >
              <span className={styles.icon}>
                <KindIcon type={type} />
              </span>
              <span className="cut">{t(`blocks.kind.${type}`)}</span>
            </UnstyledButton>
          ))}
        </section>
      ))}
    </nav>
  )
})
