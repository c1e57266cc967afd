#!/usr/bin/env bash
# Redis, append-only and synced; Valkey where Debian has no Redis. With TLS_PORT also TLS, with a certificate for localhost.
. "$(dirname "$0")/lib.sh"
PEM=$(cd "$(dirname "$0")" && pwd)/kafka/localhost.pem
server() { command -v redis-server || command -v valkey-server; }
is_installed() { server >/dev/null; }
install() { apt_install redis-server || apt_install valkey-server; }
run() {
  tls=''
  [ -z "${TLS_PORT:-}" ] || tls="--tls-port $TLS_PORT --tls-cert-file $PEM --tls-key-file $PEM --tls-ca-cert-file $PEM --tls-auth-clients no"
  "$(server)" --bind 127.0.0.1 --port "$PORT" --dir "$DIR" --appendonly yes --appendfsync always --save '' \
    --maxmemory 1gb --maxmemory-policy noeviction $tls >>"$LOG" 2>&1 &
  echo $! >"$PIDFILE"
  wait_port "$PORT" 60
}
main "$@"
