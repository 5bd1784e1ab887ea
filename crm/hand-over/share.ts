/** What may be handed over one by one; groups are joined by everybody who takes over. */
export const pieceKinds = [
  'contact',
  'company',
  'inquiry',
  'deal',
  'task',
  'project',
  'callback',
  'membership'
] as const
export type PieceKind = (typeof pieceKinds)[number]

/** One thing of somebody who leaves. */
export interface Piece {
  kind: PieceKind
  id: string
  /** The thing that it goes with: the contact of a deal, the company of a contact. It need not be theirs. */
  near: string | null
}
export type Shared = Piece & { toId: string }

/**
 * Shares things evenly among people. What belongs together stays together: a company with its contacts, a contact with
 * all that is about it. The largest heaps are given first, each to whoever has least; the same things give the same shares.
 * @param toIds at least one
 */
export function share(pieces: readonly Piece[], toIds: readonly string[]): Shared[] {
  const heaps = heapsOf(pieces)
  const loads = toIds.map((id) => ({ id, load: 0 }))
  const sorted = [...heaps]
    .map(([root, heap]) => ({ root, heap }))
    .toSorted((a, b) => b.heap.length - a.heap.length || (a.root < b.root ? -1 : 1))
  return sorted.flatMap(({ heap }) => {
    const [first, ...others] = loads
    if (!first) throw new Error('Nobody takes over')
    const least = others.reduce((best, each) => (each.load < best.load ? each : best), first)
    least.load += heap.length
    return heap.map((piece) => ({ ...piece, toId: least.id }))
  })
}

/** Pieces that stay together, by the thing that all of them lead to. */
function heapsOf(pieces: readonly Piece[]): Map<string, Piece[]> {
  // A membership has the id of its project: the project itself comes first there.
  const nears = new Map<string, string | null>()
  for (const { kind, id, near } of pieces) if (kind !== 'membership') nears.set(id, near)
  const heaps = new Map<string, Piece[]>()
  for (const piece of pieces) {
    const root = rootOf(piece, nears)
    const heap = heaps.get(root)
    if (heap) heap.push(piece)
    else heaps.set(root, [piece])
  }
  return heaps
}

function rootOf(piece: Piece, nears: ReadonlyMap<string, string | null>): string {
  const seen = new Set<string>()
  let at = piece.near ?? piece.id
  while (!seen.has(at)) {
    seen.add(at)
    at = nears.get(at) ?? at
  }
  return at
}

export type PieceCounts = Record<PieceKind, number>

/** How many of each kind. */
export function countPieces(pieces: readonly Piece[]): PieceCounts {
  const counts = Object.fromEntries(pieceKinds.map((kind) => [kind, 0])) as PieceCounts
  for (const { kind } of pieces) counts[kind]++
  return counts
}
