#!/usr/bin/env bash
# VersityGW: an S3 front over a directory, one Go program. Its user is `test` with the secret `correct-horse-battery`.
. "$(dirname "$0")/lib.sh"
VERSION=1.0.14
BIN=$CACHE/versitygw-$VERSION
is_installed() { [ -x "$BIN/versitygw" ]; }
install() {
  command -v go >/dev/null || apt_install golang-go
  mkdir -p "$BIN"
  GOBIN=$BIN go install "github.com/versity/versitygw/cmd/versitygw@v$VERSION" >"$SERVERS/s3.install.log" 2>&1 ||
    { tail -20 "$SERVERS/s3.install.log" >&2; return 1; }
}
run() {
  mkdir -p "$DIR/data"
  ROOT_ACCESS_KEY=test ROOT_SECRET_KEY=correct-horse-battery "$BIN/versitygw" --port "127.0.0.1:$PORT" posix "$DIR/data" >>"$LOG" 2>&1 &
  echo $! >"$PIDFILE"
  wait_port "$PORT" 30
}
main "$@"
