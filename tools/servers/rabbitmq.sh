#!/usr/bin/env bash
# RabbitMQ, one node. The users `guest` (password `guest`) and `ann` (password `correct horse battery`) exist; Ann may use only what
# begins with `open`.
. "$(dirname "$0")/lib.sh"
HERE=$(cd "$(dirname "$0")" && pwd)
RABBIT=/usr/lib/rabbitmq/bin
# An orderly end takes seconds, and `stop` removes the data.
STOP_SIGNAL=KILL
is_installed() { [ -x $RABBIT/rabbitmq-server ]; }
install() { apt_install rabbitmq-server; }

# The first process is a shell around the node, and the node outlives the shell: as soon as the node has told its id, that id
# counts.
is_running() {
  [ ! -s "$DIR/rabbit.pid" ] || cat "$DIR/rabbit.pid" >"$PIDFILE"
  [ -f "$PIDFILE" ] && kill -0 "$(cat "$PIDFILE")" 2>/dev/null
}

# The listener on the port in `secured-port` takes TLS; clients trust the certificate in kafka/localhost.pem, which is for
# `localhost`.
prepare() {
  mkdir -p "$DIR/mnesia" "$DIR/log" "$DIR/schema" "$DIR/config"
  echo '[].' >"$DIR/enabled_plugins"
  for name in dist epmd secured; do free_port >"$DIR/$name-port"; done
  cp "$HERE/kafka/localhost.pem" "$DIR/server.pem"
  cat >"$DIR/definitions.json" <<JSON
{
  "vhosts": [{ "name": "/" }],
  "users": [
    { "name": "guest", "password": "guest", "tags": "administrator" },
    { "name": "ann", "password": "correct horse battery", "tags": "" }
  ],
  "permissions": [
    { "user": "guest", "vhost": "/", "configure": ".*", "write": ".*", "read": ".*" },
    { "user": "ann", "vhost": "/", "configure": "^open.*", "write": "^open.*", "read": "^open.*" }
  ]
}
JSON
  cat >"$DIR/rabbitmq.conf" <<CONFIG
listeners.tcp.1 = 127.0.0.1:$PORT
listeners.ssl.1 = 127.0.0.1:$(cat "$DIR/secured-port")
ssl_options.certfile = $DIR/server.pem
ssl_options.keyfile = $DIR/server.pem
ssl_options.verify = verify_none
load_definitions = $DIR/definitions.json
vm_memory_high_watermark.absolute = ${MEMORY:-512MB}
disk_free_limit.absolute = 50MB
CONFIG
}

run() {
  export HOME=$DIR RABBITMQ_NODENAME=millrace@localhost RABBITMQ_MNESIA_BASE=$DIR/mnesia RABBITMQ_LOG_BASE=$DIR/log RABBITMQ_LOGS=-
  export RABBITMQ_SCHEMA_DIR=$DIR/schema RABBITMQ_GENERATED_CONFIG_DIR=$DIR/config RABBITMQ_CONFIG_FILE=$DIR/rabbitmq
  export RABBITMQ_ENABLED_PLUGINS_FILE=$DIR/enabled_plugins RABBITMQ_CONF_ENV_FILE=/dev/null RABBITMQ_PID_FILE=$DIR/rabbit.pid
  export RABBITMQ_DIST_PORT=$(cat "$DIR/dist-port") ERL_EPMD_PORT=$(cat "$DIR/epmd-port") ERL_EPMD_ADDRESS=127.0.0.1
  # Without these the distribution port is open to the network, and schedulers spin while idle.
  export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1} +S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none'
  rm -f "$DIR/rabbit.pid"
  # A node that dies at its start leaves a file in its working directory.
  cd "$DIR"
  $RABBIT/rabbitmq-server >>"$LOG" 2>&1 &
  echo $! >"$PIDFILE"
  wait_port "$PORT" 120
}

stop() {
  end_server "$STOP_SIGNAL"
  # The name server of Erlang goes on without its node.
  [ ! -f "$DIR/epmd-port" ] || epmd -port "$(cat "$DIR/epmd-port")" -kill >/dev/null 2>&1 || true
  rm -rf "$DIR"
}
main "$@"
