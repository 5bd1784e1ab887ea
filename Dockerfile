# The controller with its Asterisk in one image, made by the same scripts as `npm start`.
# They share a container on purpose: recordings, Asterisk's event log and its sockets are files in DATA_DIR.
FROM node:20-bookworm-slim

RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates debian-archive-keyring \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app

COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev --no-audit --no-fund
COPY . .
RUN npm run build

# Asterisk, media tools and voice prompts are brought at the first start and kept in the volume.
ENV DATA_DIR=/data
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000 5060/udp 5060/tcp 5061/tcp 10000-10999/udp
STOPSIGNAL SIGTERM
HEALTHCHECK --start-period=180s --interval=15s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.HTTP_PORT || 3000) + '/api/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "dist/main.js"]
