/** Whether everything is built from the sources as they are: `npm test` says so to its areas. */
export const isBuilt = process.env['TEST_BUILT'] === '1'
