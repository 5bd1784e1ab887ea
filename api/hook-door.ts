import express, { type RequestHandler } from 'express'

const form = express.urlencoded({ extended: true, limit: '64kb', parameterLimit: 200 })

/** Foreign systems send their events as forms, with nested names; behind this door they are objects like any other. */
export function hookDoor(): RequestHandler {
  return (req, res, next) => {
    if (!req.is('application/x-www-form-urlencoded')) {
      next()
      return
    }
    form(req, res, (error?: unknown) => {
      req.headers['content-type'] = 'application/json'
      next(error)
    })
  }
}
