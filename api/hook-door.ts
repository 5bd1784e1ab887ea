import express, { type Request, type RequestHandler } from 'express'

const limit = '64kb'
const form = express.urlencoded({ extended: true, limit, parameterLimit: 200 })
const textTypes = ['text/*', 'application/xml', 'application/soap+xml']
const text = express.text({ limit, type: () => true })

const isText = (req: Request): boolean =>
  req.headers['content-type'] === undefined || req.is(textTypes) !== false

/**
 * Foreign systems send forms with nested names, or text of their own; behind this door a form is an object and text is a
 * value like any other. JSON goes on as it came.
 */
export function hookDoor(): RequestHandler {
  return (req, res, next) => {
    const read = req.is('application/x-www-form-urlencoded') ? form : isText(req) ? text : null
    if (!read) {
      next()
      return
    }
    read(req, res, (error?: unknown) => {
      req.headers['content-type'] = 'application/json'
      next(error)
    })
  }
}
