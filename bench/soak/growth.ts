import { readFile } from 'node:fs/promises'

/** Something that was there before, and what has come under it since. */
export interface Holder {
  /** The way to it from the root, as names of properties and of variables. */
  way: string
  bytes: number
  objects: number
  /** The most frequent kinds of what has come. */
  kinds: string[]
}

interface Snapshot {
  snapshot: {
    meta: { node_fields: string[]; node_types: [string[]]; edge_fields: string[]; edge_types: [string[]] }
  }
  nodes: number[]
  edges: number[]
  strings: string[]
}

/** A way longer than this says no more. */
const longestWay = 12

/**
 * Who holds what has come between two snapshots of one process: objects keep their number, so each new one is counted for
 * the last old one on the shortest way to it. Most bytes first.
 */
export async function growthBetween(earlier: string, later: string): Promise<Holder[]> {
  const known = idsOf(await read(earlier))
  return holders(await read(later), known)
}

async function read(file: string): Promise<Snapshot> {
  return JSON.parse(await readFile(file, 'utf8')) as Snapshot
}

/** Not the newest id: what lives outside of V8's own memory has ids that are in no order. */
function idsOf({ snapshot, nodes }: Snapshot): ReadonlySet<number> {
  const fields = snapshot.meta.node_fields
  const ids = new Set<number>()
  for (let at = fields.indexOf('id'); at < nodes.length; at += fields.length) ids.add(nodes[at] ?? 0)
  return ids
}

function holders({ snapshot, nodes, edges, strings }: Snapshot, known: ReadonlySet<number>): Holder[] {
  const { node_fields: fields, node_types: types, edge_fields: links, edge_types: kinds } = snapshot.meta
  const [width, step] = [fields.length, links.length]
  const [typeAt, nameAt, idAt, sizeAt, edgesAt] = ['type', 'name', 'id', 'self_size', 'edge_count'].map(
    (name) => fields.indexOf(name)
  ) as [number, number, number, number, number]
  const weak = kinds[0].indexOf('weak')
  const isNamed = kinds[0].map((kind) => kind !== 'element' && kind !== 'hidden')
  const count = nodes.length / width
  const firstEdge = new Uint32Array(count + 1)
  for (let node = 0; node < count; node += 1)
    firstEdge[node + 1] = (firstEdge[node] ?? 0) + (nodes[node * width + edgesAt] ?? 0) * step

  const parent = new Int32Array(count).fill(-1)
  const by = new Int32Array(count)
  const queue = new Int32Array(count)
  let [head, tail] = [0, 1]
  parent[0] = 0
  while (head < tail) {
    const node = queue[head++] ?? 0
    for (let edge = firstEdge[node] ?? 0; edge < (firstEdge[node + 1] ?? 0); edge += step) {
      const to = (edges[edge + 2] ?? 0) / width
      if (edges[edge] === weak || parent[to] !== -1) continue
      parent[to] = node
      by[to] = edge
      queue[tail++] = to
    }
  }

  const nameOf = (edge: number): string => {
    const value = edges[edge + 1] ?? 0
    return isNamed[edges[edge] ?? 0] ? (strings[value] ?? '') : '[]'
  }
  const kindOf = (node: number): string => {
    const type = types[0][nodes[node * width + typeAt] ?? 0] ?? ''
    return type === 'object' || type === 'closure' ? `${strings[nodes[node * width + nameAt] ?? 0]}` : type
  }
  const wayTo = (node: number): string => {
    const names: string[] = []
    for (let at = node; at !== 0 && names.length < longestWay; at = parent[at] ?? 0)
      names.unshift(`${nameOf(by[at] ?? 0)}:${kindOf(at)}`)
    return names.join(' / ')
  }
  // In the order of the search a parent always comes first.
  const holder = new Int32Array(count)
  const found = new Map<number, { bytes: number; objects: number; kinds: Map<string, number> }>()
  for (let place = 0; place < tail; place += 1) {
    const node = queue[place] ?? 0
    if (known.has(nodes[node * width + idAt] ?? 0)) {
      holder[node] = node
      continue
    }
    const old = holder[parent[node] ?? 0] ?? 0
    holder[node] = old
    const sum = found.get(old) ?? { bytes: 0, objects: 0, kinds: new Map<string, number>() }
    const bytes = nodes[node * width + sizeAt] ?? 0
    sum.bytes += bytes
    sum.objects += 1
    sum.kinds.set(kindOf(node), (sum.kinds.get(kindOf(node)) ?? 0) + bytes)
    found.set(old, sum)
  }
  return [...found]
    .map(([node, sum]) => ({
      way: wayTo(node),
      bytes: sum.bytes,
      objects: sum.objects,
      kinds: [...sum.kinds]
        .sort((a, b) => b[1] - a[1])
        .slice(0, 4)
        .map(([kind, bytes]) => `${kind} ${Math.round(bytes / 1024)} kB`)
    }))
    .sort((a, b) => b.bytes - a.bytes)
}
