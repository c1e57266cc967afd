#!/usr/bin/env bash
# mosquitto, an MQTT broker, with a log of every packet. LOG_TYPE=none for a broker without one.
. "$(dirname "$0")/lib.sh"
HERE=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/sbin
# mosquitto keeps its data in memory and saves the data at an orderly end: after a crash even acknowledged messages are gone,
# whatever a client does.
KILL_SIGNAL=TERM
is_installed() { command -v mosquitto >/dev/null; }
install() { apt_install mosquitto; }

# The listener on the port in `secured-port` takes TLS and the user `ann` with the password `correct horse battery`; clients
# trust the certificate in kafka/localhost.pem, which is for `localhost`. Ann may not read topics below `closed`.
prepare() {
  mkdir -p "$DIR/data"
  SECURED=$(free_port)
  echo "$SECURED" >"$DIR/secured-port"
  cp "$HERE/kafka/localhost.pem" "$DIR/server.pem"
  chmod 600 "$DIR/server.pem"
  mosquitto_passwd -b -c "$DIR/passwords" ann 'correct horse battery'
  printf 'user ann\ntopic readwrite open/#\n' >"$DIR/permissions"
  cat >"$DIR/mosquitto.conf" <<CONFIG
per_listener_settings true
user $(id -un)
persistence true
persistence_location $DIR/data/
# The default, 1,000, drops messages of sessions that are away for a while, in silence.
max_queued_messages 0
log_type ${LOG_TYPE:-all}
listener $PORT 127.0.0.1
allow_anonymous true
listener $SECURED 127.0.0.1
allow_anonymous false
password_file $DIR/passwords
acl_file $DIR/permissions
certfile $DIR/server.pem
keyfile $DIR/server.pem
CONFIG
}
run() {
  mosquitto -c "$DIR/mosquitto.conf" >>"$LOG" 2>&1 &
  echo $! >"$PIDFILE"
  wait_port "$PORT" 60
}
main "$@"
