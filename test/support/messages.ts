import { config } from 'chai'

// A failure seen once, on another machine, has to say all that it knows.
config.truncateThreshold = 0
