#!/usr/bin/env bash
# mosquitto, an MQTT broker, with a log of every packet.
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin
is_installed() { command -v mosquitto >/dev/null; }
install() { apt_install mosquitto; }
prepare() {
  mkdir -p "$DIR/data"
  cat >"$DIR/mosquitto.conf" <<CONFIG
listener $PORT 127.0.0.1
allow_anonymous true
user $(id -un)
persistence true
persistence_location $DIR/data/
# The default, 1,000, drops messages of sessions that are away for a while, in silence.
max_queued_messages 0
log_type all
CONFIG
}
run() {
  mosquitto -c "$DIR/mosquitto.conf" >>"$LOG" 2>&1 &
  echo $! >"$PIDFILE"
  wait_port "$PORT" 10
}
main "$@"
