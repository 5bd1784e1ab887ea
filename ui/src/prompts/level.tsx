import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'

/** How loud the microphone is now; a bar that stands still tells of a wrong one. @param read 0 … 1 */
export function Level({ read }: { read: () => number }) {
  const { t } = useTranslation()
  const bar = useRef<HTMLDivElement>(null)
  useEffect(() => {
    let frame = 0
    const draw = (): void => {
      if (bar.current) bar.current.style.transform = `scaleX(${Math.min(1, read() * 3)})`
      frame = requestAnimationFrame(draw)
    }
    draw()
    return () => cancelAnimationFrame(frame)
  }, [read])
  return (
    <div
      role="img"
      aria-label={t('setup.prompts.level')}
      title={t('setup.prompts.level')}
      style={{
        background: 'var(--mantine-color-gray-light)',
        borderRadius: 6,
        flex: 1,
        height: 10,
        minWidth: 120,
        overflow: 'hidden'
      }}
    >
      <div
        ref={bar}
        style={{
          background: 'var(--mantine-color-pine-filled)',
          height: '100%',
          transform: 'scaleX(0)',
          transformOrigin: 'left'
        }}
      />
    </div>
  )
}
