# Shared by the scripts beside this file: `NAME.sh install|start|kill|restart|stop|guard|status`. Every server listens on 127.0.0.1
# only, keeps its data in a temporary directory of its own and is ended by the process id in that directory.
#
# A script defines `is_installed`, `install`, `run` (starts the server in the background and writes its process id to
# $PIDFILE) and, if needed, `prepare` (called once, before the first `run`).
set -eu
SERVERS=${MILLRACE_SERVERS_DIR:-${TMPDIR:-/tmp}/millrace-servers}
# Downloads, kept between runs.
CACHE=${MILLRACE_SERVERS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/millrace-servers}
NAME=$(basename "$0" .sh)
DIR=$SERVERS/$NAME
PIDFILE=$DIR/pid
LOG=$DIR/server.log

# Debian packages, without their daemons: maintainer scripts ask policy-rc.d before they start one.
apt_install() {
  missing=''
  for package in "$@"; do dpkg -s "$package" >/dev/null 2>&1 || missing="$missing $package"; done
  [ -z "$missing" ] && return 0
  policy=/usr/sbin/policy-rc.d
  made=''
  if [ ! -e $policy ]; then printf '#!/bin/sh\nexit 101\n' >$policy; chmod +x $policy; made=yes; fi
  status=0
  apt_get_install $missing || { apt-get update -qq >/dev/null 2>&1 || true; apt_get_install $missing || status=$?; }
  [ -n "$made" ] && rm -f $policy
  [ $status -eq 0 ] || { echo "$NAME: could not install$missing" >&2; tail -5 "$SERVERS/$NAME.install.log" >&2; }
  return $status
}

apt_get_install() {
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >"$SERVERS/$NAME.install.log" 2>&1
}

# A port that nobody listens on, below the ports of outgoing connections: while a killed server is away, a connection may take
# such a port.
free_port() {
  port=$((10000 + RANDOM % 22000))
  while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((10000 + RANDOM % 22000)); done
  echo "$port"
}

is_running() { [ -f "$PIDFILE" ] && kill -0 "$(cat "$PIDFILE")" 2>/dev/null; }

wait_port() { # port seconds
  i=0
  until (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do
    i=$((i + 1))
    [ $i -gt $(($2 * 10)) ] && { echo "$NAME: no answer on port $1 after $2 s" >&2; tail -20 "$LOG" >&2; return 1; }
    is_running || { echo "$NAME: ended before an answer" >&2; tail -20 "$LOG" >&2; return 1; }
    sleep 0.1
  done
}

prepare() { :; }

# Waits up to 10 s for the end of the process, then kills the process.
end_server() { # signal
  is_running || return 0
  pid=$(cat "$PIDFILE")
  kill "-$1" "$pid" 2>/dev/null || true
  i=0
  while kill -0 "$pid" 2>/dev/null; do
    i=$((i + 1))
    [ $i -gt 100 ] && { kill -9 "$pid" 2>/dev/null || true; break; }
    sleep 0.1
  done
}

stop() {
  end_server "${STOP_SIGNAL:-TERM}"
  rm -rf "$DIR"
}

# Starts the server and prints the port. A server without its first answer ends, and so does one whose port nobody reads: the
# program that called the script has ended meanwhile.
run_and_tell() {
  trap 'end_server "${KILL_SIGNAL:-KILL}"' EXIT
  run
  cat "$DIR/port"
  trap - EXIT
}

main() {
  mkdir -p "$SERVERS"
  case ${1:-start} in
    install) is_installed || install ;;
    start)
      if is_running; then cat "$DIR/port"; exit 0; fi
      is_installed || { echo "$NAME is not installed: run $0 install" >&2; exit 4; }
      rm -rf "$DIR"
      mkdir -p "$DIR"
      PORT=${PORT:-$(free_port)}
      echo "$PORT" >"$DIR/port"
      prepare
      run_and_tell
      ;;
    # Like a crash: the data stay.
    kill) end_server "${KILL_SIGNAL:-KILL}" ;;
    # Starts a killed server again, on its port and with its data.
    restart)
      end_server "${KILL_SIGNAL:-KILL}"
      [ -f "$DIR/port" ] || { echo "$NAME was never started" >&2; exit 3; }
      PORT=$(cat "$DIR/port")
      run_and_tell
      ;;
    stop) stop ;;
    # Waits for the end of standard input, which comes with the end of the calling program, and then stops the server.
    guard)
      cat >/dev/null
      stop
      rmdir "$SERVERS" 2>/dev/null || true
      ;;
    status) if is_running; then echo "running on $(cat "$DIR/port")"; else echo stopped; exit 3; fi ;;
    *) echo "usage: $0 install|start|kill|restart|stop|guard|status" >&2; exit 2 ;;
  esac
}
