#!/usr/bin/env bash
# Kafka: one KRaft node, broker and controller at once, from the jars of the Maven repository.
. "$(dirname "$0")/lib.sh"
HERE=$(cd "$(dirname "$0")" && pwd)
JARS=$CACHE/kafka-4.4.0
# A clean shutdown takes seconds, and `stop` removes the data.
STOP_SIGNAL=KILL
JAVA_FLAGS='-Xms128m -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto -XX:MaxDirectMemorySize=64m
  -Djava.awt.headless=true -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -Dorg.slf4j.simpleLogger.showDateTime=true'

is_installed() { command -v java >/dev/null && [ -f "$JARS/.complete" ]; }

install() {
  command -v java >/dev/null || apt_install openjdk-17-jre-headless
  command -v mvn >/dev/null || apt_install maven
  mkdir -p "$JARS"
  mvn -q -B -f "$HERE/kafka/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$JARS" \
    >"$SERVERS/kafka.install.log" 2>&1 || { tail -20 "$SERVERS/kafka.install.log" >&2; return 1; }
  touch "$JARS/.complete"
}

# $GROUP_SESSION_MS: the session of members by the protocol consumer. Default 3000.
#
# $PROXIES: a list of ADVERTISED:PORT. For each entry the broker has a listener on PORT that sends its clients to ADVERTISED,
# the port of a proxy in front of the listener.
#
# The listener SECURED, on the port in `secured-port`, takes TLS and the user `ann` with the password `correct horse battery`;
# clients trust the certificate in kafka/localhost.pem, which is for `localhost`.
prepare() {
  CONTROLLER=$(free_port)
  SECURED=$(free_port)
  echo "$SECURED" >"$DIR/secured-port"
  listeners=BROKER://127.0.0.1:$PORT
  advertised=$listeners
  protocols=BROKER:PLAINTEXT
  for proxy in ${PROXIES:-}; do
    name=PROXY${proxy#*:}
    listeners=$listeners,$name://127.0.0.1:${proxy#*:}
    advertised=$advertised,$name://127.0.0.1:${proxy%:*}
    protocols=$protocols,$name:PLAINTEXT
  done
  cat >"$DIR/server.properties" <<CONFIG
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$CONTROLLER
controller.listener.names=CONTROLLER
listeners=$listeners,SECURED://127.0.0.1:$SECURED,CONTROLLER://127.0.0.1:$CONTROLLER
advertised.listeners=$advertised,SECURED://localhost:$SECURED
listener.security.protocol.map=$protocols,SECURED:SASL_SSL,CONTROLLER:PLAINTEXT
listener.name.secured.ssl.keystore.type=PEM
listener.name.secured.ssl.keystore.certificate.chain=$(pem CERTIFICATE)
listener.name.secured.ssl.keystore.key=$(pem 'PRIVATE KEY')
listener.name.secured.sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.secured.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
inter.broker.listener.name=BROKER
log.dirs=$DIR/logs
num.partitions=3
auto.create.topics.enable=false
# One node: without these the coordinators of groups and of transactions never come up.
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
# Tests do not wait for more members of a group.
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
# The protocol consumer: the broker sets the times.
group.consumer.min.heartbeat.interval.ms=100
group.consumer.heartbeat.interval.ms=200
group.consumer.min.session.timeout.ms=1000
group.consumer.session.timeout.ms=${GROUP_SESSION_MS:-3000}
# The controller refuses a restarted broker until the session of the killed one ends.
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=3000
num.network.threads=1
num.io.threads=2
num.recovery.threads.per.data.dir=1
background.threads=2
log.cleaner.dedupe.buffer.size=4194304
log.segment.bytes=16777216
log.retention.check.interval.ms=5000
CONFIG
  formatted=$JARS/formatted-$(cksum <"$HERE/kafka.sh" | tr ' ' -)
  [ -d "$formatted" ] || format "$formatted"
  cp -R "$formatted" "$DIR/logs"
}

# Formats a node once for all starts, because a quarter of the processor time of a start is formatting, and nothing in the result
# depends on ports. All or nothing: two that format at once do no harm.
format() { # directory
  id=$(node -p 'require("node:crypto").randomBytes(16).toString("base64url").replace(/^-/, "A")')
  java $JAVA_FLAGS -cp "$JARS/*" kafka.tools.StorageTool format -t "$id" -c "$DIR/server.properties" \
    --add-scram 'SCRAM-SHA-512=[name=ann,password="correct horse battery"]' >"$DIR/format.log" 2>&1 || { cat "$DIR/format.log" >&2; return 1; }
  cp -R "$DIR/logs" "$1.$$"
  mv -T "$1.$$" "$1" 2>/dev/null || rm -rf "$1.$$"
  rm -rf "$DIR/logs"
}

# A part of the certificate file as one line of a properties file.
pem() { sed -n "/BEGIN $1/,/END $1/p" "$HERE/kafka/localhost.pem" | awk '{ printf "%s\\n", $0 }'; }

run() {
  java $JAVA_FLAGS -cp "$JARS/*" kafka.Kafka "$DIR/server.properties" >>"$LOG" 2>&1 &
  echo $! >"$PIDFILE"
  wait_port "$PORT" 60
}
main "$@"
