/**
 * Locks a lease until the transaction ends, if it is still ours: `node`, `owner` and `epoch` are the bindings, one row
 * says yes. A process that stands still in the midst of such a transaction would keep the lease from whoever shall take
 * over, for ever: so PostgreSQL ends a session that does nothing in it for this long, which is less than a lease lasts.
 */
export const fenceStatement = `select set_config('idle_in_transaction_session_timeout', '2000', true)
  from node_leases where node = ? and owner = cast(? as uuid) and epoch = ? for share`
