#!/usr/bin/env bash
# Redis, append-only and synced.
. "$(dirname "$0")/lib.sh"
is_installed() { command -v redis-server >/dev/null; }
install() { apt_install redis-server; }
run() {
  redis-server --bind 127.0.0.1 --port "$PORT" --dir "$DIR" --appendonly yes --appendfsync always --save '' \
    --maxmemory 256mb --maxmemory-policy noeviction >>"$LOG" 2>&1 &
  echo $! >"$PIDFILE"
  wait_port "$PORT" 10
}
main "$@"
