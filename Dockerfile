# The sync server. The console is a desktop app and in no image.
FROM node:24-slim AS build
WORKDIR /usher
COPY package.json package-lock.json ./
RUN npm ci --no-fund --no-audit
COPY electron.vite.config.ts tsconfig.json ./
COPY scripts scripts
COPY src src
# The server's own built files, and what they load: no production dependency has an install script, so none is run.
RUN npm run build \
  && node scripts/pack-server.mjs /packed \
  && npm ci --prefix /packed --omit=dev --ignore-scripts --no-fund --no-audit

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3001 USHER_DATA_DIR=/data
# For SQLite, where there is no DATABASE_URL: mount a volume here, or it goes with the container.
RUN install -d -o node -g node /data
COPY --from=build /packed /usher
WORKDIR /usher
USER node
EXPOSE 3001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "out/main/sync-server.js"]
