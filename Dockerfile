# syntax=docker/dockerfile:1

FROM node:24-bookworm-slim AS build
WORKDIR /app
# The install script of the root package must be there before `npm ci`.
COPY package.json package-lock.json .npmrc ./
COPY scripts/link-node.mjs scripts/
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
RUN npm run build

FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY scripts/link-node.mjs scripts/
# The image has a Node of its own: the one that npm installs for checkouts would be 189 MB of nothing.
RUN npm ci --omit=dev && rm -rf node_modules/node-linux-* node_modules/.bin/node

FROM node:24-bookworm-slim
# Temporal's core reads the system's certificates when it connects by TLS.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY examples examples
COPY package.json LICENSE ./
# `outbound COMMAND` in the container, with the process itself as the one that gets signals.
RUN printf '#!/bin/sh\nexec node --enable-source-maps /app/dist/cli/main.js "$@"\n' > /usr/local/bin/outbound \
  && chmod 0755 /usr/local/bin/outbound \
  && install --directory --owner=node --group=node --mode=0700 /var/lib/outbound
ENV NODE_ENV=production OUTBOUND_HOST=0.0.0.0 OUTBOUND_DATA_DIR=/var/lib/outbound
USER node
VOLUME /var/lib/outbound
EXPOSE 8080 9464
CMD ["node", "--enable-source-maps", "dist/cli/main.js", "server"]
