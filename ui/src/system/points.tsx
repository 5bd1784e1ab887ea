/** Points of the change log, with some words in bold. They are written in English, whatever the screens speak. */
export function Points({ points }: { points: readonly string[] }) {
  return (
    <ul lang="en" style={{ display: 'grid', gap: 6, margin: 0, paddingLeft: 18 }}>
      {points.map((point) => (
        <li key={point}>
          {point
            .trim()
            .split(/\*\*/)
            .map((piece, n) => (n % 2 === 1 ? <b key={n}>{piece}</b> : piece.replaceAll('`', '')))}
        </li>
      ))}
    </ul>
  )
}
