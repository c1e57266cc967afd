#!/usr/bin/env bash
# PostgreSQL with logical replication, as a user without privileges: the server refuses root. Trusts every user of loopback,
# except `ann`, who needs TLS and the password `correct horse battery`; clients trust the certificate in kafka/localhost.pem.
. "$(dirname "$0")/lib.sh"
HERE=$(cd "$(dirname "$0")" && pwd)
STOP_SIGNAL=QUIT
# The immediate shutdown: nothing is written, and the start after it recovers. SIGKILL would leave the processes of
# connections behind, which keep the new server from starting.
KILL_SIGNAL=QUIT

# The newest version that is installed.
bin() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1; }
is_installed() { [ -n "$(bin)" ] && [ -x "$(bin)/initdb" ]; }
install() { apt_install postgresql; }

unprivileged() {
  if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --init-groups env HOME="$DIR" LC_ALL=C.UTF-8 "$@"
  else env LC_ALL=C.UTF-8 "$@"; fi
}

prepare() {
  mkdir -p "$DIR/sockets"
  touch "$LOG" "$DIR/initdb.log"
  cp "$HERE/kafka/localhost.pem" "$DIR/server.pem"
  if [ "$(id -u)" = 0 ]; then
    # Every directory above may be of a temporary directory that only root may enter.
    chmod 711 "$SERVERS" "$DIR"
    chown -R postgres:postgres "$DIR"
  fi
  chmod 600 "$DIR/server.pem"
  unprivileged "$(bin)/initdb" -D "$DIR/data" -U postgres --auth=trust --no-sync >"$DIR/initdb.log" 2>&1 ||
    { cat "$DIR/initdb.log" >&2; return 1; }
  cat >>"$DIR/data/postgresql.conf" <<CONFIG
listen_addresses = '127.0.0.1'
port = $PORT
unix_socket_directories = '$DIR/sockets'
ssl = on
ssl_cert_file = '$DIR/server.pem'
ssl_key_file = '$DIR/server.pem'
wal_level = logical
max_wal_senders = 10
max_replication_slots = 10
max_slot_wal_keep_size = ${SLOT_WAL_KEEP:-64MB}
wal_sender_timeout = 10s
shared_buffers = 32MB
max_connections = 60
max_prepared_transactions = 2
deadlock_timeout = 200ms
# A kill of the server loses nothing that the system has; only a loss of power would.
fsync = off
CONFIG
  cat >"$DIR/data/pg_hba.conf" <<CONFIG
hostssl   all         ann all          scram-sha-256
host      all         ann all          reject
hostssl   replication ann all          scram-sha-256
host      all         all 127.0.0.1/32 trust
host      replication all 127.0.0.1/32 trust
local     all         all              trust
CONFIG
}

launch() {
  # exec: the id has to be that of the server, not of a shell around it.
  if [ "$(id -u)" = 0 ]; then
    (exec setpriv --reuid=postgres --regid=postgres --init-groups env HOME="$DIR" LC_ALL=C.UTF-8 "$(bin)/postgres" -D "$DIR/data") >>"$LOG" 2>&1 &
  else
    (exec env LC_ALL=C.UTF-8 "$(bin)/postgres" -D "$DIR/data") >>"$LOG" 2>&1 &
  fi
  echo $! >"$PIDFILE"
}

# Between a kill and a restart another program may have the port for its own connection for a moment: a server that ends at once
# is started again.
run() {
  launch
  tries=1
  i=0
  until unprivileged "$(bin)/pg_isready" -q -h 127.0.0.1 -p "$PORT"; do
    if ! is_running; then
      [ $tries -ge 10 ] && { tail -20 "$LOG" >&2; return 1; }
      tries=$((tries + 1))
      sleep 1
      launch
    fi
    i=$((i + 1))
    [ $i -gt 600 ] && { tail -20 "$LOG" >&2; return 1; }
    sleep 0.1
  done
}
main "$@"
