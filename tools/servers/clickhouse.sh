#!/usr/bin/env bash
# ClickHouse 26.9: the engine of the Python package `chdb-core`, behind as much of the HTTP interface as clients need. Debian's
# server of 2018 has no deduplication tokens. Trusts every user, except `ann` with the password `correct horse battery`.
. "$(dirname "$0")/lib.sh"
HERE=$(cd "$(dirname "$0")" && pwd)
VERSION=26.9.0
VENV=$CACHE/chdb-$VERSION
is_installed() { [ -f "$VENV/.complete" ]; }
install() {
  python3 -m venv --help >/dev/null 2>&1 || apt_install python3-venv
  mkdir -p "$CACHE"
  { python3 -m venv "$VENV" && "$VENV/bin/pip" -q install --no-deps "chdb-core==$VERSION"; } >"$SERVERS/clickhouse.install.log" 2>&1 ||
    { tail -20 "$SERVERS/clickhouse.install.log" >&2; return 1; }
  touch "$VENV/.complete"
}
run() {
  "$VENV/bin/python" "$HERE/clickhouse/http_front.py" "$PORT" "$DIR/data" >>"$LOG" 2>&1 &
  echo $! >"$PIDFILE"
  wait_port "$PORT" 30
}
main "$@"
