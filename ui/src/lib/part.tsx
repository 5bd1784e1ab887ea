import { Component, Suspense, type ReactNode } from 'react'

interface Given {
  children: ReactNode
  /** Stands in its place while it comes. */
  fallback?: ReactNode
}

/**
 * A part of a page that is fetched when it is needed. When it cannot be fetched, because the server or the network is away,
 * it stays away alone: without this React would take the whole page down, and a talk in the browser with it.
 */
export class Part extends Component<Given, { isAway: boolean }> {
  override state = { isAway: false }

  static getDerivedStateFromError(): { isAway: boolean } {
    return { isAway: true }
  }

  override render(): ReactNode {
    if (this.state.isAway) return null
    return <Suspense fallback={this.props.fallback}>{this.props.children}</Suspense>
  }
}
